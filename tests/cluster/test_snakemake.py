"""The Snakefile, run by Snakemake."""

import subprocess
import unittest

import cluster


class Snakemake(cluster.Bench):
    engine = "snakemake"

    def run_script(self, script, name):
        file = self.place / f"{name}.smk"
        file.write_text(script, encoding="utf-8")
        command = ["snakemake", "--snakefile", file, "--cores", "4", "--keep-going", "--nocolor"]
        # It keeps what it knows of sources in the user's cache.
        env = cluster.environment(XDG_CACHE_HOME=str(self.place / "cache"))
        return subprocess.run(command, cwd="/", env=env, text=True, stderr=subprocess.PIPE, stdout=subprocess.PIPE)

    def test_bytes_do_not_depend_on_shards(self):
        for shards in (1, 7):
            with self.subTest(shards=shards):
                folder = self.folder(f"{shards} shards")
                done = self.run_script(self.script(folder, shards), f"{shards}")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.check_same(folder)

    def test_only_what_failed_is_made_again(self):
        folder = self.folder("a failure")
        program = self.faulty("a failure", "fail")
        script = self.script(folder, 3, program)
        self.assertNotEqual(self.run_script(script, "failure").returncode, 0)
        self.check_nothing(folder)
        done = self.run_script(script, "failure")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.check_same(folder)
        self.assertEqual(sorted(self.attempts(program)), ["0 0", "1 0", "1 0", "2 0", "finish 0"])


if __name__ == "__main__":
    unittest.main()
