# SPDX-License-Identifier: MIT
"""How each program is told to fetch a job's files: one function a program,
which takes its settings and returns a function from a job to a command."""

import os


class Job:
    """Some files, the server to get them from, and the place to put them."""

    def __init__(self, world, names, base_url):
        self.world = world
        self.out = world.out
        self.names = names
        self.urls = [f"{base_url}/{name}" for name in names]
        self.targets = [os.path.join(self.out, os.path.basename(name))
                        for name in names]

    @property
    def url(self):
        assert len(self.urls) == 1
        return self.urls[0]

    @property
    def target(self):
        assert len(self.targets) == 1
        return self.targets[0]

    def _write(self, name, lines):
        path = os.path.join(self.world.run, name)
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in lines)
        return path

    def list(self):
        """A file with one URL a line."""
        return self._write("urls.txt", self.urls)

    def curl_config(self):
        return self._write("urls.curl", (
            f'url="{url}"\noutput="{target}"'
            for url, target in zip(self.urls, self.targets)))


def haul(*options):
    def command(job):
        source = [job.url] if len(job.urls) == 1 else ["-i", job.list()]
        return [job.world.haul, "-q", "--output=none", "--insecure", "-d",
                job.out, *map(str, options), *source]
    return command


def floor(program):
    return lambda job: [job.world.programs[program], job.url, job.target]


def floor_discard(program):
    return lambda job: [job.world.programs[program], "--discard", job.url]


def floor_files(connections):
    return lambda job: [job.world.programs["floor-files"], connections,
                        job.out, job.list()]


def curl(*options):
    return lambda job: ["curl", "-q", "-s", "-S", "-k", *map(str, options),
                        "-o", job.target, job.url]


def curl_parallel(connections):
    return lambda job: ["curl", "-q", "-s", "-S", "-k", "-Z",
                        "--parallel-max", connections, "-K",
                        job.curl_config()]


def wget2():
    return lambda job: ["wget2", "-q", "--progress=none",
                        "--check-certificate=off", "-O", job.target, job.url]


def wget2_list(connections):
    return lambda job: ["wget2", "-q", "--progress=none",
                        f"--max-threads={connections}", "-P", job.out, "-i",
                        job.list()]


# Without an allocation the file is not written twice: its fastest setting
# on a file system in memory.
ARIA2C = ["aria2c", "-q", "--no-conf", "--check-certificate=false",
          "--file-allocation=none"]


def aria2c(connections, *options):
    return lambda job: [*ARIA2C, f"-x{connections}", f"-s{connections}",
                        "-k1M", *options, "-d", job.out, job.url]


def aria2c_list(connections, *options):
    return lambda job: [*ARIA2C, f"-j{connections}", *options, "-d", job.out,
                        "-i", job.list()]


def axel(connections):
    return lambda job: ["axel", "-q", "-k", "-n", connections, "-o",
                        job.target, job.url]


def parfive():
    return lambda job: ["parfive", "--no-progress", "--directory", job.out,
                        *job.urls]
