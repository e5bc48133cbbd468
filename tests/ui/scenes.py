# SPDX-License-Identifier: MIT
"""Scripts for haul-replay: the sample of the interface's plan (1,204 files),
and queues of other kinds.
"""

import math

K, M, G = 1 << 10, 1 << 20, 1 << 30
EPOCH = 1715177103000           # Wed, 08 May 2024 14:05:03 UTC
FITS = int(12.1 * M)
EVIL = "evil\x1b[31mname\u202etxt.exe"


def virtual(**more):
    return {"clock": "virtual", "epoch": EPOCH, **more}


def real(**more):
    return {"clock": "real", **more}


def file(name, state="queued", **fields):
    return {"item": name, "state": state, **fields}


def speeds(seconds, top=101 * M, until=0):
    """What the totals say each second, so that the graph has a shape."""
    for second in range(seconds):
        far = second / max(seconds - 1, 1)
        shape = 0.55 + 0.3 * math.cos(far * 6) + 0.15 * math.sin(second * 1.7)
        yield {"at": 1000 * second + 500, "speed": int(top * shape)}
    yield {"at": 1000 * seconds, "speed": until or int(84.2 * M)}


def attempt(second, cause, status=0, **fields):
    """One that failed, so many seconds before the epoch."""
    return {"time": EPOCH - 1000 * second, "started": EPOCH - 1000 * second -
            210, "cause": cause, "status": status, **fields}


HMI_PART = 819 * M
HMI = file(
    "hmi_m_45s_2024_05_08_full_disk_magnetogram.tar", "active", size=4 *
    HMI_PART, got=int(1.31 * G), speed=int(31.2 * M), attempt=1,
    host="jsoc.example.edu", started=EPOCH - 52000,
    url="https://jsoc.example.edu/export/"
        "hmi_m_45s_2024_05_08_full_disk_magnetogram.tar",
    final_url="https://mirror3.example.edu/a/hmi_m_45s.tar", redirects=1,
    path="/data/sun/hmi_m_45s_2024_05_08_full_disk_magnetogram.tar",
    server="nginx", etag='"65f1-cc0"', http=20, address="192.0.2.7:443",
    modified="Wed, 08 May 2024 00:12:00 GMT", status=206,
    attempt_ms=EPOCH - 52000, connect_ms=31, tls_ms=62, first_byte_ms=118,
    ranges=[[0, 416 * M], [HMI_PART, HMI_PART + 288 * M],
            [2 * HMI_PART, 2 * HMI_PART + 195 * M],
            [3 * HMI_PART, 3 * HMI_PART + 442 * M]],
    connections=[
        [0, HMI_PART, 416 * M, int(8.1 * M), 20, 1, 1, "192.0.2.7:443"],
        [HMI_PART, 2 * HMI_PART, 288 * M, int(7.9 * M), 20, 1, 1,
         "192.0.2.7:443"],
        [2 * HMI_PART, 3 * HMI_PART, 195 * M, int(7.7 * M), 20, 1, 1,
         "192.0.2.7:443"],
        [3 * HMI_PART, 4 * HMI_PART, 442 * M, int(7.5 * M), 20, 1, 1,
         "192.0.2.9:443"]])


def one(speed, **more):
    """Fields of a file that comes over one connection."""
    return {"speed": int(speed * M), "open": 1, "wanted": 1, "attempt": 1,
            **more}


def failures():
    """Twelve, of four causes and one more."""
    busy = dict(state="failed", cause="http", status=503, size=FITS,
                host="archive.example.org", attempt=5,
                message="HTTP 503 Service Unavailable")
    for n in range(7):
        yield file(f"aia_20240508_131_{456 + 12 * n:04}.fits", **busy,
                   got=3774873 if n == 0 else 0, ended=EPOCH - 23000 + 1000 * n,
                   history=[
                       attempt(153, "http", 503, first_byte_ms=210),
                       attempt(149, "http", 503), attempt(139, "timeout"),
                       attempt(83, "http", 503), attempt(23, "http", 503)],
                   url="https://archive.example.org/aia/"
                       f"aia_20240508_131_{456 + 12 * n:04}.fits")
    for n, name in enumerate(("readme.txt", "index.html", "notes.txt")):
        yield file(name, "failed", cause="dns", attempt=3,
                   host="old.example.net", ended=EPOCH - 113000 + 1000 * n,
                   message="Could not resolve host: old.example.net")
    yield file("iris_l2_0007.tar.gz", "failed", cause="checksum", attempt=2,
               size=3 * M, host="mirror3.example.edu", ended=EPOCH - 125000,
               message="the digest is sha256=9f86d0, wanted sha256=60303a")
    yield file("aia_20240508_304_0912.fits", "connecting", attempt=1)


def sample(history=70):
    """The plan's sample, its graph as of so many seconds."""
    end = 1000 * history
    yield virtual(epoch=EPOCH - end)
    yield file("aia_20240507_%04d.fits", "done", count=484, size=FITS,
               got=FITS, attempt=1, ended=EPOCH - 600000)
    yield from failures()
    yield from speeds(history)
    for name in ("aia_20240508_094_0000.fits", "aia_20240508_094_0012.fits"):
        yield file(name, "active", size=FITS, got=FITS, **one(0))
    yield HMI
    yield file("世界地図_2024_高解像度.tif", "active", size=826 * M,
               got=512 * M, **one(9.84))
    yield file("aia_20240508_131_0000.fits", "waiting", size=FITS,
               got=int(3.6 * M), cause="http", status=503, attempt=2, wanted=1,
               wait=end + 8000, next_try=3, tries_max=5)
    yield file("aia_20240508_171_0000.fits", "active", size=FITS,
               got=952 * K, **one(2.1))
    yield file("iris_l2_20240508_raster.tar.gz", "verifying",
               size=int(2.02 * G), got=int(2.02 * G), attempt=1)
    yield file("aia_20240508_193_0000.fits", "connecting", attempt=1, open=1,
               wanted=1)
    yield file("stream.php?id=8812", "active", got=int(48.2 * M), **one(4.4))
    yield file(EVIL, "active", size=FITS, got=int(10.6 * M), **one(1.2))
    yield file("aia_20240508_211_0000.fits", size=FITS)
    yield file("aia_20240508_304_0000.fits", size=FITS)
    yield file("survey_dr17_part_0007.hdf5", "paused", size=4 * G,
               got=2 * G)
    yield file("aia_20240508_335_0000.fits")
    yield file("aia_20240509_%04d.fits", count=694, size=FITS)
    # The two that ended a moment ago, and a failure that is told.
    for id in (497, 498):
        yield {"at": end - 2000, "id": id, "state": "done"}
    yield {"at": end - 1000, "id": 496, "state": "failed", "cause": "http",
           "status": 404, "message": "HTTP 404 Not Found",
           "history": [attempt(1, "http", 404)]}


PAUSED = 509            # ids of the sample
HMI_ID = 499
FIRST_QUEUED = 507
BUSY = 485              # the first that failed


def small():
    """One of each state, few rows."""
    yield virtual()
    yield file("done.bin", "done", size=3 * M, got=3 * M)
    yield file("skipped.bin", "skipped", size=3 * M, got=3 * M)
    yield file("get.bin", "active", size=100 * M, got=33 * M, **one(2.5))
    yield file("verify.bin", "verifying", size=5 * M, got=5 * M)
    yield file("connect.bin", "connecting", attempt=1, open=1, wanted=1)
    yield file("retry.bin", "waiting", size=9 * M, got=M, cause="timeout",
               attempt=1, wait=90000, next_try=2, tries_max=5)
    yield file("failed.bin", "failed", size=7 * M, got=2 * M, cause="http",
               status=404, attempt=1, message="HTTP 404 Not Found")
    yield file("wait.bin", size=4 * M)
    yield file("paused.bin", "paused", size=8 * M, got=4 * M)


def queue(count, clock=virtual, active=0, **fields):
    """Files of which the first ones are active, for a minute and a half: a
    percent a second, so that each row of them changes."""
    yield clock()
    if active:
        yield file("active_%06d.bin", "active", count=active, size=100 * M,
                   got=M, pace=M, attempt=1, open=1, wanted=1)
    yield file("file_%06d.bin", **{"count": count - active, "size": 64 * K,
                                   **fields})
