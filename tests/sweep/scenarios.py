"""What the sweep makes. A scenario is a line of the table; a new output is a new line.

`command` is the run at which the faults come; it stands in the folder of the outputs, the stacks are beside that. Runs
whose results it needs are `before`. `again` is what a user does after whatever became of that run, to have all outputs:
by itself the same command. `outputs` are the names that are there in the end, files or folders; `work` those that runs
before the last one may leave, besides hidden ones. A header and its samples belong together: `pairs`. The options `old`
make what is there before, and `new` what the faulted run makes. `reads_only`: another line writes the same."""

import dataclasses

spacing = ["--origin", "1,2,3", "--spacing"]
smaller = ["--type", "uint8", "--factor", "2"]


@dataclasses.dataclass
class Scenario:
    name: str
    command: list
    outputs: list
    pairs: list = dataclasses.field(default_factory=list)
    before: list = dataclasses.field(default_factory=list)
    again: list = None
    before_old: list = None  # the runs that make what was there before, where they are others
    work: list = dataclasses.field(default_factory=list)
    threads: int = 1
    old: list = dataclasses.field(default_factory=lambda: spacing + ["2"])
    new: list = dataclasses.field(default_factory=lambda: spacing + ["3"] + smaller + ["--force"])
    reads_only: bool = False

    def run(self, command, options):
        return command + options + ["-q", "--threads", str(self.threads)]

    def runs_before(self):
        """Those that the faulted one needs."""
        return [self.run(each, self.new) for each in self.before]

    def faulted(self):
        return self.run(self.command, self.new)

    def runs_after(self):
        """Those that bring the new outputs after whatever has happened."""
        return [self.run(each, self.new) for each in (self.again or [self.command])]

    def runs_old(self):
        return [self.run(each, self.old) for each in self.before_old or self.before + [self.command]]


stack = "../../tiff"
whole = spacing + ["3", "--type", "uint8", "--force"]  # a pyramid has factors of its own

sinks = [
    Scenario("nrrd", [stack, "-o", "v.nrrd"], ["v.nrrd"]),
    Scenario("nhdr+raw", [stack, "-o", "v.nhdr"], ["v.nhdr", "v.raw"], pairs=[("v.nhdr", "v.raw")]),
    Scenario("gzip nrrd", [stack, "-o", "v.nrrd", "--encoding", "gzip"], ["v.nrrd"]),
    Scenario("gzip nhdr", [stack, "-o", "v.nhdr", "--encoding", "gzip"], ["v.nhdr", "v.raw.gz"],
             pairs=[("v.nhdr", "v.raw.gz")]),
    Scenario("preview", [stack, "-o", "v.nrrd", "--preview", "p.png"], ["v.nrrd", "p.png"]),
    Scenario("report", [stack, "-o", "v.nrrd", "--report", "r.html"], ["v.nrrd", "r.html"]),
    Scenario("zarr", [stack, "-o", "v.ome.zarr"], ["v.ome.zarr"]),
    Scenario("manifest", [stack, "-o", "v.nrrd", "--manifest", "m.nhdr"], ["v.nrrd", "m.nhdr"]),
    Scenario("pyramid", [stack, "-o", "v.nhdr", "--pyramid", "1,2"], ["v_1.nhdr", "v_1.raw", "v_2.nhdr", "v_2.raw"],
             pairs=[("v_1.nhdr", "v_1.raw"), ("v_2.nhdr", "v_2.raw")], new=whole),
    Scenario("zarr pyramid", [stack, "-o", "v.ome.zarr", "--pyramid", "1,2"], ["v.ome.zarr"], new=whole),
    Scenario("scratch", [stack, "-o", "v.nhdr", "--dehaze", "100"], ["v.nhdr", "v.raw"], pairs=[("v.nhdr", "v.raw")]),
    Scenario("resume", [stack, "-o", "v.nrrd", "--resume"], ["v.nrrd"], before_old=[[stack, "-o", "v.nrrd"]],
             work=["v.nrrd.unfinished"]),
    Scenario("shard", [stack, "-o", "v.nrrd", "--shard", "1/2"], ["v.nrrd"], before_old=[[stack, "-o", "v.nrrd"]],
             before=[[stack, "-o", "v.nrrd", "--shard", "0/2"]], work=["v.nrrd.unfinished"],
             again=[[stack, "-o", "v.nrrd", *more] for more in (("--shard", "0/2"), ("--shard", "1/2"),
                                                               ("--shards", "2", "--finish"))]),
    Scenario("finish", [stack, "-o", "v.nhdr", "--shards", "2", "--finish"], ["v.nhdr", "v.raw"],
             pairs=[("v.nhdr", "v.raw")], before_old=[[stack, "-o", "v.nhdr"]], work=["v.nhdr.unfinished"],
             before=[[stack, "-o", "v.nhdr", "--shard", shard] for shard in ("0/2", "1/2")],
             again=[[stack, "-o", "v.nhdr", *more] for more in (("--shard", "0/2"), ("--shard", "1/2"),
                                                               ("--shards", "2", "--finish"))]),
    Scenario("3 threads", [stack, "-o", "v.nrrd", "--encoding", "gzip"], ["v.nrrd"], threads=3),
]

# The same output from everything else that can be read.
sources = [Scenario(name, command + ["-o", "v.nrrd"], ["v.nrrd"], reads_only=True, **more) for name, command, more in [
    ("deflate", ["../../deflate"], {}),
    ("png", ["../../png"], {}),
    ("bmp", ["../../bmp"], {}),
    ("jpeg", ["../../jpeg"], {}),
    ("jpeg2000", ["../../jpeg2000"], {}),
    ("raw volume", ["../../raw.nrrd"], {}),
    ("gzip volume", ["../../gzip.nrrd"], {}),
    ("no suffixes", ["../../bare"], {}),
    ("log", ["../../scan"], {"old": [], "new": smaller + ["--force"]}),
    ("pages", ["../../pages.tif"], {}),
    ("ome set", ["../../ome/part_0.ome.tif"], {"old": [], "new": smaller + ["--force"]}),
    ("list", ["--files-from", "../../list.txt"], {}),
    ("glob", ["../../tiff/slice_*.tif"], {}),
    ("pattern", ["../../tiff/slice_%02d.tif"], {}),
    ("one of them", ["../../tiff/slice_03.tif"], {}),
    ("mask", [stack, "--mask", "../../png"], {}),
    ("like", [stack, "--like", "../../raw.nrrd"], {"new": spacing + ["3", "--type", "uint8", "--force"]}),
    ("transform", [stack, "--transform", "affine:1,.1,0,.5,0,1,0,0,0,0,1,0"], {}),
]]
