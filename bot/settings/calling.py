"""What the system's own settings say of calls to providers: by which proxy, and whose certificates are believed.

They are read by what makes the calls. Here they are only tried, for else the service would end at its first one.
"""

import ssl
from pathlib import Path

from bot.settings.reader import Reader, is_address

PROXIES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
FILES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
FOLDER = "SSL_CERT_DIR"
OF_FILES_ONLY = "SSL_CERT_FILE"


def try_calling(reader: Reader) -> None:
    """Tell the reader what no call could be made with."""
    for name in (*PROXIES, *map(str.lower, PROXIES)):
        value = reader.text(name)
        if value and not is_address(value if "://" in value else f"http://{value}"):
            # its value may hold a password
            reader.wrong(name, "must be the address of an HTTP proxy, such as http://proxy:3128")
    for name in (*FILES, FOLDER):
        value = reader.text(name)
        if value and not _has_certificates(Path(value), name):
            reader.wrong(name, f"is “{value}”, but no certificates can be read there")


def _has_certificates(place: Path, name: str) -> bool:
    if name == FOLDER or (name != OF_FILES_ONLY and place.is_dir()):
        return place.is_dir()
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=place)
    except OSError:  # of which ssl's own are a kind
        return False
    return True
