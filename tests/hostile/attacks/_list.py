"""What the suite must cover: every item of the list of hostile and broken submissions, family by family."""

from __future__ import annotations

ITEMS: dict[str, tuple[str, ...]] = {
    "read": (
        *("key_by_path", "vault_by_path", "parent_folders", "proc_root", "proc_cwd", "walk_the_disk", "environments", "command_lines", "mountinfo"),
        *("ptrace", "process_vm_readv", "inherited_descriptors", "import_the_kit", "home_folder", "tmp_of_the_host", "labels"),
    ),
    "reach": ("tcp", "udp", "dns", "raw", "vsock", "io_uring", "abstract_socket", "pathname_socket", "netlink", "other_instruction_set"),
    "escape": (
        *("namespaces", "mount", "chroot", "mknod", "setuid_files", "core_pattern", "tiocsti", "write_outside", "regain_rights", "kernel_doors"),
        "death_signal",
    ),
    "exhaust": (
        *("processes", "threads", "memory_one", "memory_many", "memory_shared", "memory_tmp", "memory_shm", "uncounted_memory", "disk"),
        *("removed_files", "sparse_file", "many_files", "deep_folders", "endless_loop", "many_loops", "sleep", "ignored_signals", "descriptors"),
        *("flood_with_newlines", "flood_without_newlines", "flood_of_errors", "invalid_utf8"),
    ),
    "outlive": ("daemon", "held_pipes", "closed_pipes", "kill_everybody", "grader_killed"),
    "output": (
        *("link_to_key", "link_to_passwd", "dangling_link", "hard_link", "hard_link_to_input", "fifo", "socket", "device", "folder_for_file"),
        *("file_for_folder", "out_replaced", "out_closed", "swap", "model_link", "model_fifo", "model_closed", "model_empty", "nothing"),
    ),
    "parquet": (
        *("empty", "text", "truncated", "forged_footer", "forged_count", "flipped_bytes", "too_many_rows", "giant_strings", "many_columns"),
        *("nested", "encrypted", "extension", "wrong_count", "shuffled", "duplicate_ids", "missing_ids", "unknown_ids", "no_id", "no_score"),
        *("extra_columns", "twice_named", "strings", "decimals", "nan", "infinities", "nulls", "outside", "constant", "closed_file"),
    ),
    "text": (
        *("depth_json", "depth_toml", "depth_takehome", "nan_literal", "duplicate_keys", "huge_number", "huge_integer", "huge_string"),
        *("wrong_encoding", "lone_surrogate", "missing_keys", "not_an_object", "order", "true_for_number", "long_metric", "duplicate_toml"),
        *("no_findings", "table_outside", "nan_toml", "tables_without_end"),
    ),
    "archive": (
        *("absolute", "parent", "backslash", "drive", "control", "direction", "long", "deep", "duplicate_case", "duplicate_unicode"),
        *("file_and_folder", "link", "special", "encrypted", "method", "many_entries", "too_large", "ratio", "more_than_declared", "modes"),
        *("damaged", "cut_short", "tar", "no_zip", "missing", "folder_link", "folder_special", "overlapping", "no_takehome", "unknown_id"),
    ),
    "python": (
        *("sitecustomize", "usercustomize", "pth", "conftest", "shadowed_modules", "shadowed_by_the_model", "pythonpath", "ld_preload"),
        *("poisoned_cache", "sourceless", "requirements", "shell_names", "no_pipeline", "broken_package", "pickle"),
    ),
    "cheat": (
        *("remembered", "detection", "hard_coded", "answers_in_model", "code_changed", "code_from_model", "forged_files", "forged_words"),
        *("strangers_submission", "echoed_labels", "tuned_validation", "noise_in_order"),
    ),
    "people": (
        *("script", "script_in_names", "javascript_link", "remote_image", "terminal", "direction", "formula", "ten_megabytes", "reviewing_model"),
        *("template", "memo_script", "terminal_words", "error_words"),
    ),
}
"""Ids by family. The words behind them: docs/design/hostile.md."""
