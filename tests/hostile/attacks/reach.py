"""Reach: a network, or a listener on this machine. Loopback only; the test itself listens and must hear nobody."""

from __future__ import annotations

from attacks._attack import Attack

ATTACKS = (
    Attack(
        id="reach_tcp",
        what="connects to a listener on loopback by four ways",
        covers=("tcp",),
        code="""
        import urllib.request
        attempt("make a socket", socket.socket, socket.AF_INET, socket.SOCK_STREAM)
        attempt("make a socket of the sixth version", socket.socket, socket.AF_INET6, socket.SOCK_STREAM)
        attempt("connect", socket.create_connection, ("127.0.0.1", PLAN["tcp"]), 1)
        attempt("ask by http", urllib.request.urlopen, f"http://127.0.0.1:{PLAN['tcp']}/", None, 1)
        attempt("make a pair of sockets", socket.socketpair, socket.AF_INET)
        try:
            done = subprocess.run(["bash", "-c", f"exec 3<>/dev/tcp/127.0.0.1/{PLAN['tcp']}"], capture_output=True, timeout=3)
            say("went through: the shell" if done.returncode == 0 else "the shell was refused")
        except FileNotFoundError:
            say("the shell was refused")
        """,
        processes=40,
        says=("the shell was refused",),
        quick=True,
    ),
    Attack(
        id="reach_udp",
        what="sends a packet that needs no connection",
        covers=("udp",),
        code="""
        attempt("make a datagram socket", socket.socket, socket.AF_INET, socket.SOCK_DGRAM)
        attempt("make a ping socket", socket.socket, socket.AF_INET, socket.SOCK_DGRAM, 1)
        attempt("make a multipath socket", socket.socket, socket.AF_INET, socket.SOCK_STREAM, 262)
        """,
    ),
    Attack(
        id="reach_dns",
        what="asks for the address of a name that would tell a secret",
        covers=("dns",),
        code="""
        attempt("ask for an address", socket.getaddrinfo, "secret.invalid", 80)
        attempt("ask for a host", socket.gethostbyname, "secret.invalid")
        """,
    ),
    Attack(
        id="reach_raw",
        what="makes packets by hand",
        covers=("raw",),
        code="""
        attempt("make a raw socket", socket.socket, socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        attempt("make a packet socket", socket.socket, socket.AF_PACKET, socket.SOCK_RAW, 3)
        """,
    ),
    Attack(
        id="reach_netlink",
        what="asks the kernel for the network, the routes and the audit log",
        covers=("netlink",),
        code="""
        for kind in (0, 9, 15, 16):
            attempt("make a netlink socket", socket.socket, 16, socket.SOCK_RAW, kind)
        for family in (9, 17, 29, 31, 38, 44):
            attempt("make a socket of a rare family", socket.socket, family, socket.SOCK_DGRAM, 0)
        """,
    ),
    Attack(
        id="reach_vsock",
        what="calls the machine below a virtual machine, which a network namespace does not keep it from",
        covers=("vsock",),
        code="""
        attempt("make a vsock socket", socket.socket, 40, socket.SOCK_STREAM)
        attempt("make a vsock datagram", socket.socket, 40, socket.SOCK_DGRAM)
        """,
    ),
    Attack(
        id="reach_io_uring",
        what="asks for a ring of requests, which would pass socket rules by",
        covers=("io_uring",),
        code="""
        room = ctypes.create_string_buffer(256)
        attempt("set up a ring", syscall, 425, 8, room)
        attempt("enter a ring", syscall, 426, 0, 1, 0, 0, 0)
        attempt("register with a ring", syscall, 427, 0, 0, 0, 0)
        """,
        quick=True,
    ),
    Attack(
        id="reach_abstract",
        what="connects to an abstract socket of the host, which no folder hides",
        covers=("abstract_socket",),
        code="""
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
            here = socket.socket(socket.AF_UNIX, kind)
            attempt("connect to an abstract socket", here.connect, chr(0) + PLAN["abstract"])
            here.close()
        names = [line.split()[-1] for line in open("/proc/net/unix").read().splitlines()[1:] if "@" in line]
        say("abstract names seen:", len([name for name in names if "takehome" in name]))
        """,
        says=("abstract names seen: 0",),
        quick=True,
    ),
    Attack(
        id="reach_pathname",
        what="connects to a socket in a folder of the host",
        covers=("pathname_socket",),
        code="""
        here = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        attempt("connect to a socket of the host", here.connect, PLAN["socket"])
        attempt_each("connect to a usual socket", here.connect, ["/run/docker.sock", "/var/run/docker.sock", "/run/systemd/private", "/dev/log"])
        """,
    ),
    Attack(
        id="reach_other_numbers",
        what="calls the kernel by the numbers of another instruction set, which a careless filter does not know",
        covers=("other_instruction_set",),
        command="validate",
        code="""
        import platform
        if platform.machine() != "x86_64":
            os.kill(os.getpid(), signal.SIGSYS)
        say("calling")
        page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        page.write(bytes.fromhex("53b814000000cd805bc3"))
        call = ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(page)))
        say("went through: number", call())
        """,
        outcome="crashed",
        says=("calling",),
        gains=None,
    ),
)
