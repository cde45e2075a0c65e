"""Our examples, serving on a free port of this machine."""

import contextlib
import subprocess


@contextlib.contextmanager
def serving(example):
    """The URL of an example that serves while the block runs."""
    command = ["cargo", "run", "--quiet", "--all-features", "--example", example]
    with subprocess.Popen([*command, "--", "127.0.0.1:0"], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process.stdout.readline().removeprefix("listening on ").strip()
        finally:
            process.terminate()
