"""A SLURM of one node, in a folder of its own, without systemd and munge, as whoever runs the tests."""

import os
import pathlib
import pwd
import shutil
import socket
import subprocess
import time

import cluster

CONFIGURATION = """\
ClusterName=stack2nrrd
SlurmctldHost={host}(127.0.0.1)
SlurmUser={user}
SlurmdUser={user}
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
AuthType=auth/none
CredType=cred/none
# A job that is requeued begins when its credential is over, after two minutes if nothing is said; it
# takes no less than 5 s.
AuthInfo=cred_expire=5
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SchedulerType=sched/builtin
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
# There are as many processors as are written here.
SlurmdParameters=config_overrides
MpiDefault=none
ReturnToService=2
KillWait=2
NodeName={host} NodeAddr=127.0.0.1 CPUs=32 RealMemory=16000
PartitionName=all Nodes={host} Default=YES State=UP
"""


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Slurm:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.file = self.folder / "slurm.conf"
        self.daemons = []
        for name in ("state", "spool"):
            (self.folder / name).mkdir()
        user = pwd.getpwuid(os.getuid()).pw_name
        self.host = socket.gethostname().split(".")[0]
        text = CONFIGURATION.format(folder=self.folder, host=self.host, user=user, ports=free_ports(2))
        self.file.write_text(text)

    def start(self):
        for command in (["slurmctld", "-D", "-c", "-i"], ["slurmd", "-D", "-N", self.host]):
            program = shutil.which(command[0], path=os.environ["PATH"] + ":/usr/sbin")
            # If we are killed, the daemons get a signal, too.
            words = ["setpriv", "--pdeathsig", "TERM", program, "-f", self.file, *command[1:]]
            with open(self.folder / f"{command[0]}.log", "wb") as log:
                self.daemons.append(subprocess.Popen(words, env=self.environment(), stdout=log, stderr=log))
        cluster.wait_until(lambda: self.ask("sinfo", "-h", "-o", "%T") == "idle", "SLURM has an idle node", 120)

    def stop(self):
        if len(self.daemons) == 2 and all(daemon.poll() is None for daemon in self.daemons):
            self.ask("scancel", "--full", "--signal=KILL", "--me")
            self.ask("scancel", "--me")
            end = time.monotonic() + 5
            while self.states() and time.monotonic() < end:
                time.sleep(0.1)
        for daemon in reversed(self.daemons):
            daemon.terminate()
            try:
                daemon.wait(10)
            except subprocess.TimeoutExpired:
                daemon.kill()
                daemon.wait()

    def environment(self):
        return cluster.environment(SLURM_CONF=str(self.file))

    def ask(self, *words):
        done = subprocess.run(words, env=self.environment(), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        return done.stdout.strip()

    def states(self):
        """Of jobs that are not over: their names, such as 12_0, and what they are at."""
        lines = self.ask("squeue", "-h", "-r", "-o", "%i %T").split("\n")
        return dict(line.split() for line in lines if line)

    def wait_for_all(self, seconds=300):
        try:
            cluster.wait_until(lambda: not self.states(), "all jobs are over", seconds)
        except AssertionError as late:
            raise AssertionError(f"{late}: {self.ask('squeue', '-r', '-o', '%i %T %r %S')}\n{self.logs()}") from None

    def logs(self):
        return "\n".join(f"{file.name}: {file.read_text()[-2000:]}" for file in self.folder.glob("*.log"))
