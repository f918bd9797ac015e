"""What the page of the audit log calls the deeds in it. In the log their names stay as they are: filters go by them."""

from flask_babel import lazy_pgettext

DEEDS = {
    "view": lazy_pgettext("audit log", "view"),
    "view_file": lazy_pgettext("audit log", "view file"),
    "download_file": lazy_pgettext("audit log", "download file"),
    "write": lazy_pgettext("audit log", "write"),
    "write refused": lazy_pgettext("audit log", "write refused"),
    "hold": lazy_pgettext("audit log", "take over"),
    "hold refused": lazy_pgettext("audit log", "take over refused"),
    "hand_back": lazy_pgettext("audit log", "hand back"),
    "unmask asked": lazy_pgettext("audit log", "unmask asked"),
    "unmask agreed": lazy_pgettext("audit log", "unmask agreed"),
    "unmask refused": lazy_pgettext("audit log", "unmask refused"),
    "unmask": lazy_pgettext("audit log", "unmask"),
    "export": lazy_pgettext("audit log", "export"),
    "export_file": lazy_pgettext("audit log", "export file"),
    "erase": lazy_pgettext("audit log", "erase"),
    "move": lazy_pgettext("audit log", "move"),
    "log-in": lazy_pgettext("audit log", "log-in"),
    "log-in failed": lazy_pgettext("audit log", "log-in failed"),
    "code failed": lazy_pgettext("audit log", "code failed"),
    "log-out": lazy_pgettext("audit log", "log-out"),
    "log-ins ended": lazy_pgettext("audit log", "log-ins ended"),
    "staff add": lazy_pgettext("audit log", "staff add"),
    "staff role": lazy_pgettext("audit log", "staff role"),
    "staff disable": lazy_pgettext("audit log", "staff disable"),
    "staff enable": lazy_pgettext("audit log", "staff enable"),
    "staff password": lazy_pgettext("audit log", "staff password"),
    "password link": lazy_pgettext("audit log", "password link"),
    "invite": lazy_pgettext("audit log", "invite"),
    "invitation withdrawn": lazy_pgettext("audit log", "invitation withdrawn"),
    "second factor on": lazy_pgettext("audit log", "second factor on"),
    "second factor off": lazy_pgettext("audit log", "second factor off"),
    "recovery codes": lazy_pgettext("audit log", "recovery codes"),
    "recovery code used": lazy_pgettext("audit log", "recovery code used"),
    "rule": lazy_pgettext("audit log", "rule"),
    "draft saved": lazy_pgettext("audit log", "draft saved"),
    "draft discarded": lazy_pgettext("audit log", "draft discarded"),
    "publish": lazy_pgettext("audit log", "publish"),
    "roll back": lazy_pgettext("audit log", "roll back"),
    "rollback": lazy_pgettext("audit log", "roll back"),
    "migrate": lazy_pgettext("audit log", "migrate"),
    "keys rotate": lazy_pgettext("audit log", "keys rotate"),
}


def deed_name(action: str) -> str:
    """What a deed is called; the name that the log has where it is called nothing else."""
    return str(DEEDS.get(action, action))
