"""The files of a site that is proved: what they are to its owner, and what may become of them."""

from pathlib import Path


def is_kept(path: Path) -> bool:
    """Say whether *path*, from the site's folder, is nothing that people edit."""
    return path.parts[0] in (".pressframe", "public", "data", "outbox") or "__pycache__" in path.parts


def kind_of(path: str) -> str:
    """Return what kind of file *path*, from the site's folder, is to its owner."""
    top, _, rest = path.partition("/")
    if top == "plugins":
        return "plugin" if rest.endswith(".py") else "file of a plugin"
    return {"pressframe.toml": "setting", "content": "entry" if rest.endswith(".md") else "file beside entries"}.get(
        top, top
    )


def tree_of(folder: Path) -> dict[str, bytes]:
    """Return every file in *folder*, by its path from there."""
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def edited_in(site: Path) -> dict[str, bytes]:
    """Return every file of a site that people edit, by its path from there.

    Others are not even read: closing a database's file takes away the locks of who has it open in this process.
    """
    files = ((file, file.relative_to(site)) for file in site.rglob("*"))
    return {str(path): file.read_bytes() for file, path in files if not is_kept(path) and file.is_file()}


def damage_file(file: Path, at: int, damage: str) -> None:
    """Spoil *file*, from so many thousandths of its length on."""
    content = bytearray(file.read_bytes())
    place = at * len(content) // 1000
    if damage == "gone":
        file.unlink()
        return
    if damage == "flip" and content:
        content[place] ^= 0x15
    texts = {"cut": content[:place], "empty": b"", "odd": b"odd" * 100, "flip": content}
    file.write_bytes(bytes(texts[damage]))
