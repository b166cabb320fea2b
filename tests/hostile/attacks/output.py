"""Output: something else than a plain file in the place of a file. Nothing is followed, opened or waited for."""

from __future__ import annotations

from attacks._attack import Attack

ATTACKS = (
    Attack(
        id="output_link_to_key",
        what="leaves a link to the key where its predictions should be, and tries to follow it",
        covers=("link_to_key",),
        command="predict",
        code="os.symlink(PLAN['key'], ARGS['--out'])\nattempt('follow the link', read, ARGS['--out'])\nsys.exit(0)",
        outcome="output_not_file",
        gains=None,
        quick=True,
    ),
    Attack(
        id="output_link_to_passwd",
        what="leaves a link to the accounts of the machine as its validation",
        covers=("link_to_passwd",),
        command="validate",
        code="os.symlink('/etc/passwd', ARGS['--out'])\nsys.exit(0)",
        outcome="output_not_file",
        gains=None,
    ),
    Attack(
        id="output_dangling",
        what="leaves a link that leads nowhere",
        covers=("dangling_link",),
        command="validate",
        code="os.symlink('/nowhere/at/all', ARGS['--out'])\nsys.exit(0)",
        outcome="output_not_file",
        gains=None,
    ),
    Attack(
        id="output_hard_link",
        what="leaves a file with two names, so that one could change under the other",
        covers=("hard_link",),
        command="validate",
        code="write('/out/other', b'{}')\nos.link('/out/other', ARGS['--out'])\nsys.exit(0)",
        outcome="output_not_file",
        gains=None,
    ),
    Attack(
        id="output_hard_link_to_input",
        what="makes a second name for files that it was shown",
        covers=("hard_link_to_input",),
        code="""
        sources = ["/in/world.json", "/sub/takehome.json", "/etc/passwd", "/IN_SANDBOX", sys.executable]
        attempt_each("link to what it was shown", lambda path: os.link(path, "/out/model/linked", follow_symlinks=False), sources)
        """,
    ),
    Attack(
        id="output_fifo",
        what="leaves a pipe that a reader would wait at for ever",
        covers=("fifo",),
        command="predict",
        code="os.mkfifo(ARGS['--out'])\nsys.exit(0)",
        outcome="output_not_file",
        gains=None,
    ),
    Attack(
        id="output_socket",
        what="leaves a socket",
        covers=("socket",),
        command="validate",
        code="socket.socket(socket.AF_UNIX).bind(ARGS['--out'])\nsys.exit(0)",
        outcome="output_not_file",
        gains=None,
    ),
    Attack(
        id="output_device",
        what="leaves a device, or a link to one",
        covers=("device",),
        command="validate",
        code="""
        attempt("make a device", os.mknod, ARGS["--out"], 0o666 | stat.S_IFCHR, os.makedev(1, 5))
        os.symlink("/dev/zero", ARGS["--out"])
        sys.exit(0)
        """,
        outcome="output_not_file",
        gains=None,
    ),
    Attack(
        id="output_folder",
        what="leaves a folder in place of a file",
        covers=("folder_for_file",),
        command="predict",
        code="os.mkdir(ARGS['--out'])\nsys.exit(0)",
        outcome="output_not_file",
        gains=None,
    ),
    Attack(
        id="output_file",
        what="leaves a file in place of the model folder",
        covers=("file_for_folder",),
        code="os.rmdir(ARGS['--model'])\nwrite(ARGS['--model'])\nsys.exit(0)",
        outcome="output_not_file",
        gains=None,
    ),
    Attack(
        id="output_replaced",
        what="puts another folder or a link in place of the output folder",
        covers=("out_replaced",),
        code="""
        os.mkdir("/tmp/mine")
        attempt("move the output folder away", os.rename, "/out", "/tmp/old")
        attempt("remove the output folder", os.rmdir, "/out")
        attempt("move a folder over it", os.rename, "/tmp/mine", "/out")
        attempt("link over it", os.symlink, "/tmp/mine", "/out")
        """,
    ),
    Attack(
        id="output_closed",
        what="takes every right from the output folder and from what it left there",
        covers=("out_closed", "closed_file"),
        command="predict",
        code="""
        import pyarrow.parquet as pq
        pq.write_table(answers(), ARGS["--out"])
        os.chmod(ARGS["--out"], 0)
        os.chmod("/out", 0)
        sys.exit(0)
        """,
    ),
    Attack(
        id="output_swap",
        what="swaps a file for a link to the key as fast as it can, beyond its own end",
        covers=("swap",),
        command="validate",
        code="""
        write("/out/plain", b"{}")
        os.symlink(PLAN["key"], "/out/link")
        if os.fork() == 0:
            for number in range(200000):
                if not time_left():
                    break
                os.replace("/out/plain", ARGS["--out"])
                os.rename("/out/link", "/out/plain")
                os.rename(ARGS["--out"], "/out/link")
            os._exit(0)
        time.sleep(0.3)
        sys.exit(0)
        """,
        outcome=("output_not_file", "output_missing", "validation_incomplete"),
        why_several="what stands there at the end is up to the scheduler; each is theirs, and none leads to the key",
        gains=None,
        quick=True,
    ),
    Attack(
        id="output_swap_link",
        what="swaps a file for a link under the eyes of the grader that counts what is there, and ends with the link",
        covers=("swap",),
        command="validate",
        code="""
        for number in range(600):
            write("/out/plain", b"{}")
            os.replace("/out/plain", ARGS["--out"])
            os.symlink(PLAN["key"], "/out/link")
            os.replace("/out/link", ARGS["--out"])
        sys.exit(0)
        """,
        outcome="output_not_file",
        gains=None,
    ),
    Attack(
        id="output_model_link",
        what="keeps a link to the key in its model, to follow it at prediction time",
        covers=("model_link",),
        code="os.symlink(PLAN['key'], ARGS['--model'] + '/model.json')\nsys.exit(0)",
        outcome="output_not_file",
        gains=None,
    ),
    Attack(
        id="output_model_folder_link",
        what="puts a link to its input in place of the model folder",
        covers=("model_link",),
        code="os.rmdir(ARGS['--model'])\nos.symlink('/in', ARGS['--model'])\nsys.exit(0)",
        outcome="output_not_file",
        gains=None,
    ),
    Attack(
        id="output_model_fifo",
        what="keeps a pipe in its model",
        covers=("model_fifo",),
        code="os.mkfifo(ARGS['--model'] + '/pipe')\nwrite(ARGS['--model'] + '/model.json')\nsys.exit(0)",
        outcome="output_not_file",
        gains=None,
    ),
    Attack(
        id="output_model_closed",
        what="takes every right from the folders and files of its model",
        covers=("model_closed",),
        code="""
        os.mkdir(ARGS["--model"] + "/deep")
        write(ARGS["--model"] + "/deep/file")
        write(ARGS["--model"] + "/model.json", b'{"name": "closed"}')
        for path in ("/deep/file", "/model.json", "/deep", ""):
            os.chmod(ARGS["--model"] + path, 0)
        sys.exit(0)
        """,
    ),
    Attack(
        id="output_model_empty",
        what="leaves an empty model",
        covers=("model_empty",),
        code="sys.exit(0)",
        outcome="output_missing",
        gains=None,
    ),
    Attack(
        id="output_nothing",
        what="ends well and leaves nothing",
        covers=("nothing",),
        command="predict",
        code="sys.exit(0)",
        outcome="output_missing",
        gains=None,
    ),
)
