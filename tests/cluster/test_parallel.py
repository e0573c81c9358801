"""The script for GNU parallel, run by it."""

import subprocess
import unittest

import cluster


class Parallel(cluster.Bench):
    engine = "parallel"

    def run_script(self, script, folder):
        # As through a pipe; and the folder is the script's affair.
        return subprocess.run(["bash"], input=script, cwd="/", env=cluster.environment(), text=True, stderr=subprocess.PIPE)

    def test_bytes_do_not_depend_on_shards(self):
        for shards in (1, 2, 3, 7, cluster.OUTPUT_SLICES):
            with self.subTest(shards=shards):
                folder = self.folder(f"{shards} shards")
                done = self.run_script(self.script(folder, shards), folder)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.check_same(folder)

    def test_only_what_failed_is_made_again(self):
        folder = self.folder("a failure")
        program = self.faulty("a failure", "fail")
        script = self.script(folder, 3, program)
        done = self.run_script(script, folder)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("a shard failed; the same command again", done.stderr)
        self.check_nothing(folder)
        done = self.run_script(script, folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.check_same(folder)
        self.assertEqual(sorted(self.attempts(program)), ["0 0", "1 0", "1 0", "2 0", "finish 0"])

    def test_a_shard_is_killed(self):
        folder = self.folder("a death")
        program = self.faulty("a death", "slow")
        script = self.script(folder, 3, program)
        with subprocess.Popen(
            ["bash", "-c", script], cwd="/", env=cluster.environment(JOBS="3"), stderr=subprocess.PIPE
        ) as running:
            self.kill_at_work(program)
            running.communicate(timeout=300)
        self.assertNotEqual(running.returncode, 0)
        self.check_nothing(folder)
        done = self.run_script(script, folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.check_same(folder)
        self.assertEqual(sorted(self.attempts(program)), ["0 0", "1 0", "1 0", "2 0", "finish 0"])

    def test_the_log_of_a_run_that_is_over_does_not_count(self):
        folder = self.folder("an old log")
        script = self.script(folder, 2, self.faulty("an old log", "fail"))
        self.assertNotEqual(self.run_script(script, folder).returncode, 0)
        subprocess.run(["rm", "-r", folder / (cluster.OUTPUT + ".unfinished")], check=True)
        done = self.run_script(script, folder)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.check_same(folder)


if __name__ == "__main__":
    unittest.main()
