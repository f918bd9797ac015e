"""How a fault of ours is written down: its kind and its place, never its message, which may hold people's words."""

BUG = "bug: "  # so begins what is written down of a message or a job that met one


def fault(error: BaseException) -> str:
    """The kind of an exception and the line it came from."""
    traceback = error.__traceback__
    while traceback and traceback.tb_next:
        traceback = traceback.tb_next
    if traceback is None:
        return type(error).__name__
    return f"{type(error).__name__} in {traceback.tb_frame.f_code.co_qualname}, line {traceback.tb_lineno}"
