"""The script for SLURM, submitted to it."""

import pathlib
import re
import subprocess
import tempfile
import unittest

import cluster
import slurm


class SlurmJobs(cluster.Bench):
    engine = "slurm"

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        place = tempfile.TemporaryDirectory(prefix="stack2nrrd_slurm_", ignore_cleanup_errors=True)
        cls.addClassCleanup(place.cleanup)
        cls.slurm = slurm.Slurm(place.name)
        cls.addClassCleanup(cls.slurm.stop)
        try:
            cls.slurm.start()
        except AssertionError as late:
            raise AssertionError(f"{late}\n{cls.slurm.logs()}") from None

    def submit(self, script):
        """The numbers of the array job and of the one that joins."""
        done = subprocess.run(
            ["bash"], input=script, cwd="/", env=self.slurm.environment(), text=True, stdout=subprocess.PIPE, check=True
        )
        return re.match(r"array job (\d+) makes the shards, job (\d+) joins them\n$", done.stdout).groups()

    def said_in(self, folder):
        return "\n".join(f"{file.name}: {file.read_text()}" for file in sorted(pathlib.Path(folder).glob("slurm-*.out")))

    def test_bytes_do_not_depend_on_shards(self):
        folders = {}
        for shards in (1, 2, 3, 7, cluster.OUTPUT_SLICES):
            folders[shards] = self.folder(f"{shards} shards")
            self.submit(self.script(folders[shards], shards))
        self.slurm.wait_for_all()
        for shards, folder in folders.items():
            with self.subTest(shards=shards, said=self.said_in(folder)):
                self.check_same(folder)

    def go_on_after(self, name, fault):
        """`fault` befalls shard 1 at its work: what joins waits, and the result is the same."""
        folder = self.folder(name)
        program = self.faulty(name, "slow")
        array, join = self.submit(self.script(folder, 3, program))
        fault(program, array)
        self.check_nothing(folder)
        self.assertEqual(self.slurm.states().get(join), "PENDING")
        self.slurm.wait_for_all()
        self.assertEqual(sorted(self.attempts(program)), ["0 0", "1 0", "1 1", "2 0", "finish 0"], self.said_in(folder))
        self.assertEqual(self.attempts(program)[-1], "finish 0")
        self.check_same(folder)

    def test_a_shard_is_requeued_at_its_work(self):
        def requeue(program, array):
            self.process_at_work(program)
            subprocess.run(["scontrol", "requeue", f"{array}_1"], env=self.slurm.environment(), check=True)

        self.go_on_after("a requeue", requeue)

    def test_a_shard_is_killed_at_its_work(self):
        self.go_on_after("a death", lambda program, array: self.kill_at_work(program))

    def test_nothing_is_joined_after_a_failure(self):
        folder = self.folder("a failure")
        program = self.faulty("a failure", "fail")
        script = self.script(folder, 3, program)
        self.submit(script)
        self.slurm.wait_for_all()
        self.check_nothing(folder)
        self.assertEqual(sorted(self.attempts(program)), ["0 0", "1 0", "2 0"], self.said_in(folder))
        self.submit(script)
        self.slurm.wait_for_all()
        self.check_same(folder)


if __name__ == "__main__":
    unittest.main()
