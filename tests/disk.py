"""A disk that fills up, for tests that have a small one."""

import os


def fill(folder, left):
    """Leave so many bytes of a folder's disk free; gives the file to delete to have room again."""
    disk = os.statvfs(folder)
    filler = folder / "filler"
    filler.write_bytes(b"0" * (disk.f_bavail * disk.f_frsize - left))
    return filler
