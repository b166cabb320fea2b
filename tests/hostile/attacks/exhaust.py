"""Exhaust: processes, memory, disk, time and the grader's own patience. Each stops by itself, somewhat above the limit that must stop it first."""

from __future__ import annotations

from attacks._attack import Attack

BURN = "while time_left():\n    pass\n"
"""An endless loop as far as the kit can tell; it ends by itself after `seconds`."""

ATTACKS = (
    Attack(
        id="exhaust_processes",
        what="forks until the system refuses",
        covers=("processes",),
        command="validate",
        code="""
        children = []
        def fork(number):
            child = os.fork()
            if child == 0:
                time.sleep(1)
                os._exit(0)
            children.append(child)
        for number in range(60):
            if not time_left():
                break
            try:
                fork(number)
            except OSError:
                break
        attempt("fork once more", fork, 60)
        say("children below the limit:", 5 < len(children) < 45)
        for child in children[:100]:
            os.kill(child, signal.SIGKILL)
        """,
        processes=60,
        says=("children below the limit: True",),
        quick=True,
    ),
    Attack(
        id="exhaust_threads",
        what="starts threads until the system refuses, and takes that for no reason to stop",
        covers=("threads",),
        command="validate",
        code="""
        for number in range(100):
            threading.Thread(target=time.sleep, args=(2,), daemon=True).start()
        say("went through: a hundred threads")
        """,
        processes=110,
        outcome="memory",
        says=("can't start new thread",),
        gains=None,
    ),
    Attack(
        id="exhaust_memory",
        what="fills the memory of one process, page by page",
        covers=("memory_one",),
        command="validate",
        code="""
        held = []
        for number in range(60):
            held.append(b"x" * (10 << 20))
            time.sleep(0.02)
        say("went through: 600 MiB")
        """,
        outcome="memory",
        gains=None,
        quick=True,
    ),
    Attack(
        id="exhaust_addresses",
        what="asks for more addresses than there is memory, at once",
        covers=("memory_one",),
        command="validate",
        code="held = bytearray(3 << 30)\nsay('went through: 3 GiB')",
        outcome="memory",
        gains=None,
    ),
    Attack(
        id="exhaust_memory_many",
        what="fills the memory through many processes, each below the limit",
        covers=("memory_many",),
        command="validate",
        code="""
        for number in range(6):
            if os.fork() == 0:
                held = [os.urandom(1 << 20) * 10 for piece in range(10)]
                time.sleep(2)
                os._exit(len(held))
        time.sleep(2)
        say("went through: 600 MiB in six processes")
        """,
        processes=10,
        outcome="memory",
        gains=None,
    ),
    Attack(
        id="exhaust_memory_shared",
        what="fills memory that several processes share",
        covers=("memory_shared",),
        command="validate",
        code="""
        held = mmap.mmap(-1, 600 << 20)
        for number in range(2):
            if os.fork() == 0:
                time.sleep(2)
                os._exit(0)
        for start in range(0, 600 << 20, 10 << 20):
            held[start : start + (10 << 20)] = bytes(10 << 20)
            time.sleep(0.01)
        say("went through: 600 MiB of shared memory")
        """,
        processes=10,
        outcome="memory",
        gains=None,
    ),
    Attack(
        id="exhaust_tmp",
        what="fills the scratch folders, which lie in memory",
        covers=("memory_tmp", "memory_shm"),
        code="""
        def fill(folder):
            for number in range(30):
                write(f"{folder}/{number}", bytes(4 << 20))
        attempt("fill /tmp", fill, "/tmp")
        attempt("fill /dev/shm", fill, "/dev/shm")
        for folder in ("/tmp", "/dev/shm"):
            for name in os.listdir(folder)[:100]:
                os.unlink(f"{folder}/{name}")
        """,
    ),
    Attack(
        id="exhaust_uncounted",
        what="takes memory that belongs to no process: memory files, segments, queues, locked pages",
        covers=("uncounted_memory",),
        code="""
        attempt("make a memory file", os.memfd_create, "held")
        attempt("make a segment", called, "shmget", 0, 1 << 20, 0o1600)
        attempt("make a queue", called, "msgget", 0, 0o1600)
        attempt("make semaphores", called, "semget", 0, 4, 0o1600)
        room = mmap.mmap(-1, 1 << 20)
        attempt("lock pages", called, "mlock", ctypes.c_void_p(ctypes.addressof(ctypes.c_char.from_buffer(room))), ctypes.c_size_t(1 << 20))
        """,
    ),
    Attack(
        id="exhaust_disk",
        what="writes more than it may, in files that are each small enough",
        covers=("disk",),
        code="""
        for number in range(12):
            write(f"/out/{number}", bytes(2 << 20))
        time.sleep(1)
        say("wrote 24 MiB")
        """,
        outcome="output_too_large",
        gains=None,
    ),
    Attack(
        id="exhaust_one_file",
        what="writes one file beyond the limit",
        covers=("disk",),
        code="""
        def grow():
            with open("/out/large", "wb") as file:
                for number in range(40):
                    file.write(bytes(1 << 20))
        attempt("write a large file", grow)
        os.unlink("/out/large")
        """,
        megabytes=40,
    ),
    Attack(
        id="exhaust_removed",
        what="fills the disk with files that it removes at once, so that no folder shows them",
        covers=("removed_files",),
        code="""
        held = []
        for number in range(24):
            file = open(f"/out/{number}", "wb")
            file.write(bytes(7 << 20))
            file.flush()
            os.unlink(f"/out/{number}")
            held.append(file)
            time.sleep(0.02)
        time.sleep(1)
        say("went through: 168 MiB in files without a name")
        """,
        outcome="output_too_large",
        gains=None,
    ),
    Attack(
        id="exhaust_sparse",
        what="declares files of a terabyte that cost it nothing to make",
        covers=("sparse_file",),
        code="""
        def declare(size):
            with open("/out/sparse", "wb") as file:
                file.truncate(size)
        attempt("declare a terabyte", declare, 1 << 40)
        attempt("reserve a gigabyte", lambda: os.posix_fallocate(os.open("/out/sparse", os.O_RDWR | os.O_CREAT), 0, 1 << 30))
        for number in range(4):
            with open(f"/out/model/sparse{number}", "wb") as file:
                file.truncate(6 << 20)
        time.sleep(1)
        """,
        outcome="output_too_large",
        gains=None,
    ),
    Attack(
        id="exhaust_many_files",
        what="makes thousands of empty files and folders",
        covers=("many_files",),
        code="""
        for number in range(3000):
            if number % 2:
                os.mkdir(f"/out/{number}")
            else:
                write(f"/out/{number}", b"")
        time.sleep(1)
        """,
        outcome="output_too_large",
        gains=None,
    ),
    Attack(
        id="exhaust_deep",
        what="makes folders so deep that no path can name the last, and leaves them behind closed",
        covers=("deep_folders",),
        code="""
        os.chdir("/out/model")
        for number in range(1200):
            os.mkdir("d" * 40)
            os.chdir("d" * 40)
        os.chmod(".", 0)
        """,
        outcome="output_too_large",
        gains=None,
    ),
    Attack(
        id="exhaust_loop",
        what="computes without end",
        covers=("endless_loop",),
        command="validate",
        code=BURN,
        seconds=10,
        outcome="timeout_cpu",
        gains=None,
        quick=True,
    ),
    Attack(
        id="exhaust_many_loops",
        what="computes without end in several processes, each below the limit",
        covers=("many_loops",),
        command="validate",
        code="""
        for number in range(4):
            os.fork()
        """
        + "while time_left():\n            pass\n",
        seconds=10,
        processes=20,
        outcome="timeout_cpu",
        gains=None,
    ),
    Attack(
        id="exhaust_patience",
        what="computes without end in every call of a command that is called many times",
        covers=("endless_loop",),
        command="predict",
        code=BURN,
        seconds=12,
        outcome=("timeout_cpu", "stopped_early"),
        why_several="after three such calls the rest is not run; which ones are under way by then is up to the scheduler",
        form="whole",
        gains=None,
    ),
    Attack(
        id="exhaust_sleep",
        what="waits without computing until the grader gives up",
        covers=("sleep",),
        command="validate",
        code="time.sleep(9)\nsay('went through: slept to the end')",
        seconds=10,
        outcome="hung",
        gains=None,
    ),
    Attack(
        id="exhaust_signals",
        what="refuses every signal that can be refused, and computes on",
        covers=("ignored_signals",),
        command="validate",
        code="""
        for number in range(1, 65):
            if number not in (signal.SIGKILL, signal.SIGSTOP, 32, 33):
                signal.signal(number, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
        say("deaf")
        while time_left():
            pass
        """,
        seconds=10,
        outcome="timeout_cpu",
        says=("deaf",),
        gains=None,
    ),
    Attack(
        id="exhaust_descriptors",
        what="opens files until the system refuses",
        covers=("descriptors",),
        code="""
        held = []
        def hold():
            for number in range(400):
                held.append(open("/in/world.json"))
        attempt("open a thousand files", hold)
        held.clear()
        """,
    ),
    Attack(
        id="exhaust_lines",
        what="floods standard output with lines",
        covers=("flood_with_newlines",),
        command="validate",
        code="""
        line = b"a line that says nothing\\n" * 2000
        for number in range(600):
            os.write(1, line)
        """,
        outcome="flooded",
        gains=None,
        quick=True,
    ),
    Attack(
        id="exhaust_no_lines",
        what="floods standard output with one line that never ends",
        covers=("flood_without_newlines",),
        command="validate",
        code="""
        for number in range(400):
            os.write(1, b"x" * 65536)
        """,
        outcome="flooded",
        gains=None,
    ),
    Attack(
        id="exhaust_errors",
        what="floods standard error, and standard output a little below its limit",
        covers=("flood_of_errors",),
        command="validate",
        code="""
        for number in range(50):
            os.write(1, b"x" * 65536)
        for number in range(400):
            os.write(2, b"y" * 65536)
        """,
        outcome="flooded",
        gains=None,
    ),
    Attack(
        id="exhaust_bytes",
        what="prints bytes that are no text, and every control character",
        covers=("invalid_utf8",),
        command="validate",
        code="""
        for number in range(64):
            os.write(1, bytes(range(256)) * 16)
            os.write(2, b"\\xff\\xfe\\xc0\\x80\\xed\\xa0\\x80" * 64)
        say("printed")
        """,
        says=("printed",),
    ),
)
