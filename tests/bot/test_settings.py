"""The settings: every fault is told at once, by its name; what is left out has a good default; no secret is shown."""

import stat
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import certifi
import pytest

from bot.settings import SURVEYS, Settings, SettingsError, load_settings
from bot.settings.providers import TelegramSettings
from storage.files import Place
from storage.vault import decode_key, new_key

ROOT = Path(__file__).parent.parent.parent
KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
POSTGRES = "postgresql://testimony:hunter2@db.example/testimony"
GOOD = {"SECRET_KEY": "a-secret-key-of-flask", "TESTIMONY_KEYS": KEY}
TWILIO = {
    "TWILIO_ACCOUNT_SID": "AC1",
    "TWILIO_AUTH_TOKEN": "a-token-of-twilio",
    "TWILIO_FROM": "+15005550006",
    "PUBLIC_URL": "https://testimony.example",
}
TELEGRAM = {"TELEGRAM_BOT_TOKEN": "123:a-token", "TELEGRAM_WEBHOOK_SECRET": "a-webhook-secret"}
ADDRESS = "but must be an address such as https://example.org"
FOREIGN = "holds a letter or a quotation mark that is none of it; copy it once more"
PROXY = "must be the address of an HTTP proxy, such as http://proxy:3128"
NO_CERTIFICATES = "but no certificates can be read there"
LEVELS = "DEBUG, INFO, WARNING, ERROR"

# what is set (None: taken away) -> the faults that are told, a line each
FAULTS: list[tuple[dict[str, str | None], list[str]]] = [
    ({"DATABASE_URL": "nonsense"}, ["DATABASE_URL cannot be used: it is not a database URL"]),
    (
        {"DATABASE_URL": "mysql://u:p@h/d"},
        ["DATABASE_URL cannot be used: it must begin with sqlite:/// or postgresql://"],
    ),
    ({"PORT": "0"}, ["PORT is “0”, but must be a number from 1 to 65535"]),
    ({"PORT": "65536"}, ["PORT is “65536”, but must be a number from 1 to 65535"]),
    ({"PORT": "http"}, ["PORT is “http”, but must be a number from 1 to 65535"]),
    ({"PORT": "٨٠"}, ["PORT is “٨٠”, but must be a number from 1 to 65535"]),
    ({"TRUSTED_PROXIES": "-1"}, ["TRUSTED_PROXIES is “-1”, but must be a number from 0 to 9"]),
    ({"TRUSTED_PROXIES": "10"}, ["TRUSTED_PROXIES is “10”, but must be a number from 0 to 9"]),
    ({"LOG_LEVEL": "loud"}, [f"LOG_LEVEL is “loud”, but must be one of: {LEVELS}"]),
    ({"FLOWS_DIR": "nowhere"}, ["FLOWS_DIR is “nowhere”, but there is no such folder"]),
    ({"PUBLIC_URL": "example.org"}, [f"PUBLIC_URL is “example.org”, {ADDRESS}"]),
    ({"PUBLIC_URL": "ftp://example.org"}, [f"PUBLIC_URL is “ftp://example.org”, {ADDRESS}"]),
    ({"PUBLIC_URL": "https://"}, [f"PUBLIC_URL is “https:”, {ADDRESS}"]),
    ({"PUBLIC_URL": "http://["}, [f"PUBLIC_URL is “http://[”, {ADDRESS}"]),
    ({"PUBLIC_URL": "https://e.org:abc"}, [f"PUBLIC_URL is “https://e.org:abc”, {ADDRESS}"]),
    ({"PUBLIC_URL": "https://e.org:70000"}, [f"PUBLIC_URL is “https://e.org:70000”, {ADDRESS}"]),
    ({"PUBLIC_URL": "https://:443"}, [f"PUBLIC_URL is “https://:443”, {ADDRESS}"]),
    ({"PUBLIC_URL": "https://e.org/a?b=c"}, [f"PUBLIC_URL is “https://e.org/a?b=c”, {ADDRESS}"]),
    ({"PUBLIC_URL": "https://e.org#a"}, [f"PUBLIC_URL is “https://e.org#a”, {ADDRESS}"]),
    ({"PUBLIC_URL": "https://e .org"}, [f"PUBLIC_URL is “https://e .org”, {ADDRESS}"]),
    ({"PUBLIC_URL": "https://e.org/\ta"}, [f"PUBLIC_URL is “https://e.org/\ta”, {ADDRESS}"]),
    (
        {"TESTIMONY_KEYS": f"{KEY},c2hvcnQ"},
        ["TESTIMONY_KEYS has a wrong key at place 2: a key is the base64url of 32 bytes"],
    ),
    (
        {"DATABASE_URL": POSTGRES, "SECRET_KEY": None, "TESTIMONY_KEYS": None},
        [
            "SECRET_KEY is not set; make one with: openssl rand -hex 32",
            "TESTIMONY_KEYS is not set; make one with: testimony keys new",
        ],
    ),
    (
        {"TWILIO_FROM": "+15005550006", "PUBLIC_URL": "https://testimony.example"},
        [
            "TWILIO_ACCOUNT_SID is not set, though other Twilio settings are",
            "TWILIO_AUTH_TOKEN is not set, though other Twilio settings are",
        ],
    ),
    (
        {**TWILIO, "TWILIO_FROM": None},
        ["TWILIO_FROM is not set; give it or TWILIO_MESSAGING_SERVICE_SID"],
    ),
    (
        {**TWILIO, "PUBLIC_URL": None},
        ["PUBLIC_URL is not set; Twilio's signatures are checked against it"],
    ),
    ({**TWILIO, "TWILIO_API_URL": "twilio"}, [f"TWILIO_API_URL is “twilio”, {ADDRESS}"]),
    (
        {"WORK": "celery"},
        [
            "CELERY_BROKER_URL is not set; WORK=celery needs it, such as amqp://user:password@host/vhost"
        ],
    ),
    (
        {"WORK": "celery", "CELERY_BROKER_URL": "rabbit"},
        ["CELERY_BROKER_URL must be an address such as amqp://user:password@host/vhost"],
    ),
    (
        {"SPEND_DAY": "0.008", "SMS_PRICE": "0.0083"},
        ["SPEND_DAY is “0.008”, which does not buy one segment at SMS_PRICE"],
    ),
    (
        {"WORK": "celery", "CELERY_BROKER_URL": "amqp://u:hunter2@h:port/x"},
        ["CELERY_BROKER_URL must be an address such as amqp://user:password@host/vhost"],
    ),
    (
        {"WORK": "celery", "CELERY_BROKER_URL": "foo://bar"},
        [
            "CELERY_BROKER_URL names no broker that Celery knows and has what it takes for;"
            " such as amqp://user:password@host/vhost"
        ],
    ),
    (
        {**TWILIO, "TWILIO_ACCOUNT_SID": "“AC1”", "TWILIO_AUTH_TOKEN": "“x"},
        [f"TWILIO_ACCOUNT_SID {FOREIGN}", f"TWILIO_AUTH_TOKEN {FOREIGN}"],
    ),
    ({**TELEGRAM, "TELEGRAM_BOT_TOKEN": "1:“x”"}, [f"TELEGRAM_BOT_TOKEN {FOREIGN}"]),
    ({**TWILIO, "HTTPS_PROXY": "socks5://u:hunter2@h:1"}, [f"HTTPS_PROXY {PROXY}"]),
    ({**TELEGRAM, "http_proxy": "h:port"}, [f"http_proxy {PROXY}"]),
    ({**TWILIO, "SSL_CERT_FILE": "/nowhere"}, [f"SSL_CERT_FILE is “/nowhere”, {NO_CERTIFICATES}"]),
    ({**TELEGRAM, "SSL_CERT_DIR": "/nowhere"}, [f"SSL_CERT_DIR is “/nowhere”, {NO_CERTIFICATES}"]),
    (
        {**TELEGRAM, "REQUESTS_CA_BUNDLE": __file__},
        [f"REQUESTS_CA_BUNDLE is “{__file__}”, {NO_CERTIFICATES}"],
    ),
    ({"WORK": "rabbit"}, ["WORK is “rabbit”, but must be one of: threads, worker, celery"]),
    (
        {"TELEGRAM_WEBHOOK_SECRET": "x"},
        ["TELEGRAM_BOT_TOKEN is not set, though TELEGRAM_WEBHOOK_SECRET is"],
    ),
    (
        {**TELEGRAM, "TELEGRAM_WEBHOOK_SECRET": "no spaces"},
        ["TELEGRAM_WEBHOOK_SECRET may hold only A-Z a-z 0-9 _ - (at most 256)"],
    ),
    ({**TELEGRAM, "TELEGRAM_API_URL": "no"}, [f"TELEGRAM_API_URL is “no”, {ADDRESS}"]),
    (
        {"PORT": "x", "LOG_LEVEL": "info", "FLOWS_DIR": "nowhere", "DATABASE_URL": "nonsense"},
        [
            "DATABASE_URL cannot be used: it is not a database URL",
            "FLOWS_DIR is “nowhere”, but there is no such folder",
            f"LOG_LEVEL is “info”, but must be one of: {LEVELS}",
            "PORT is “x”, but must be a number from 1 to 65535",
        ],
    ),
]


def environment(changed: dict[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in {**GOOD, **changed}.items() if value is not None}


def faults(changed: dict[str, str | None], instance: Path) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load_settings(environment(changed), instance)
    return str(caught.value).splitlines()


@pytest.mark.parametrize(("changed", "told"), FAULTS)
def test_every_fault_is_told_by_its_name(
    tmp_path: Path, changed: dict[str, str | None], told: list[str]
) -> None:
    assert sorted(faults(changed, tmp_path)) == told


def test_who_runs_the_outbox_is_one_of_a_few(tmp_path: Path) -> None:
    (told,) = faults({"WORK": "nobody"}, tmp_path)
    assert told.startswith("WORK is “nobody”, but must be one of: threads, worker")
    assert load_settings({**GOOD, "WORK": "worker"}, tmp_path).work == "worker"


SEVERAL = "amqp://u:p@one:5672;amqp://u:p@two:5672"


def test_celery_may_have_several_brokers(tmp_path: Path) -> None:
    """As Celery has it: the second is asked where the first is away."""
    settings = load_settings({**GOOD, "WORK": "celery", "CELERY_BROKER_URL": SEVERAL}, tmp_path)
    assert settings.broker == SEVERAL


def test_each_of_several_brokers_is_looked_at(tmp_path: Path) -> None:
    for wrong in ("foo://bar", "amqp://h:port", ""):
        (told,) = faults({"WORK": "celery", "CELERY_BROKER_URL": f"amqp://u@one;{wrong}"}, tmp_path)
        assert told.startswith("CELERY_BROKER_URL ")


@pytest.mark.parametrize("keys", [",", " , ,"])
def test_a_list_of_keys_without_a_key_is_a_fault(tmp_path: Path, keys: str) -> None:
    (told,) = faults({"TESTIMONY_KEYS": keys}, tmp_path)
    assert told.startswith("TESTIMONY_KEYS ")


def test_a_fault_of_the_database_url_does_not_repeat_its_password(tmp_path: Path) -> None:
    (told,) = faults({"DATABASE_URL": "postgresql://u:hunter2@h:port/d"}, tmp_path)
    assert told.startswith("DATABASE_URL cannot be used: ")
    assert "hunter2" not in told


@pytest.mark.parametrize(
    "password", ["hun@ter2", "hun@ter2:x", "hun@ter2:1", "hun@ter2/x", "@", "a?b@c"]
)
def test_a_sign_of_the_password_that_must_be_escaped_is_told_without_it(
    tmp_path: Path, password: str
) -> None:
    (told,) = faults({"DATABASE_URL": f"postgresql://u:{password}@db.example/d"}, tmp_path)
    assert told.startswith("DATABASE_URL cannot be used: ")
    assert told.endswith("write @ in the password as %40")
    assert "ter2" not in told


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p%40ss@h/d",
        "postgresql://u@corp:p@h/d",
        "postgresql://u:p@h/a%40b",
        "postgresql://u:p@h1,h2/d",
        "postgresql://u:p@[::1]:5432/d",
        "postgresql://u:p@/d?host=/var/run/postgresql..d",
        "sqlite:///a@b.db",
        "sqlite:///a.db?timeout=5",
    ],
)
def test_other_ways_to_write_an_address_are_good(tmp_path: Path, url: str) -> None:
    assert load_settings({**GOOD, "DATABASE_URL": url}, tmp_path).database_url == url


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("postgresql://u:p@a..b/d", "its host is no name that a host can have"),
        ("postgresql:///d?host=a..b", "its host is no name that a host can have"),
        ("sqlite:///x?timeout=abc", "what stands before its path or behind its ? is wrong"),
        ("sqlite:///x?check_same_thread=maybe", "what stands before its path or behind its ?"),
        ("sqlite://u:hunter2@h/x", "what stands before its path or behind its ? is wrong"),
    ],
)
def test_what_a_driver_would_find_wrong_is_found_at_the_start(
    tmp_path: Path, url: str, why: str
) -> None:
    (told,) = faults({"DATABASE_URL": url}, tmp_path)
    assert told.startswith(f"DATABASE_URL cannot be used: {why}")
    assert "hunter2" not in told


def test_with_nothing_set_the_program_runs_on_sqlite_alone(tmp_path: Path) -> None:
    made = load_settings({}, tmp_path / "instance")
    assert made == Settings(
        database_url=f"sqlite:///{tmp_path / 'instance' / 'testimony.db'}",
        secret_key=made.secret_key,
        keys=made.keys,
        public_url="http://localhost:8000",
        port=8000,
        trusted_proxies=0,
        flows_dir=SURVEYS,
        log_level="INFO",
        work="threads",
        media=Place((tmp_path / "instance" / "media").as_uri()),
        twilio=None,
        telegram=None,
    )
    assert len(made.keys) == 1
    assert len(made.secret_key) >= 32


BUCKET = {
    "AWS_ACCESS_KEY_ID": "an-id",
    "AWS_SECRET_ACCESS_KEY": "hunter2",
    "AWS_REGION": "eu-west-1",
    "AWS_ENDPOINT_URL": "https://s3.example",
}


def test_files_may_be_kept_in_a_bucket(tmp_path: Path) -> None:
    found = load_settings({**GOOD, **BUCKET, "MEDIA_URL": "s3://files/of-ours"}, tmp_path).media
    known = {"access_key_id": "an-id", "secret_access_key": "hunter2", "region": "eu-west-1"}
    assert found.options == {**known, "endpoint": "https://s3.example"}
    assert "hunter2" not in repr(found)


def test_the_address_of_a_bucket_says_where_it_is(tmp_path: Path) -> None:
    url = "s3://files?endpoint=https://other.example&region=us-east-1"
    found = load_settings({**GOOD, **BUCKET, "MEDIA_URL": url}, tmp_path).media
    assert found.options["endpoint"] == "https://other.example"
    assert found.options["region"] == "us-east-1"


@pytest.mark.parametrize(
    "url",
    [
        "s3://[secret",
        "files",
        "/files",
        "file://host/files",
        "file:///",
        "s3://",
        "ftp://h/f",
        "s3://b?key=secret",
    ],
)
def test_any_other_place_for_files_is_a_fault(tmp_path: Path, url: str) -> None:
    (told,) = faults({"MEDIA_URL": url}, tmp_path)
    assert told.startswith("MEDIA_URL cannot be used: write file:///")
    assert "secret" not in told


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="this system has no such folder")
def test_processes_can_share_only_a_folder_that_can_be_written_to(tmp_path: Path) -> None:
    """In /proc not even root makes a file."""
    (told,) = faults({"PROMETHEUS_MULTIPROC_DIR": "/proc/self"}, tmp_path)
    assert told.startswith("PROMETHEUS_MULTIPROC_DIR is “/proc/self”, but nothing can be written")
    found = load_settings({**GOOD, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}, tmp_path)
    assert found.metrics_dir == tmp_path
    assert list(tmp_path.iterdir()) == []


def test_what_is_cleared_at_twilio_is_one_of_a_few(tmp_path: Path) -> None:
    (told,) = faults({**TWILIO, "TWILIO_DELETE": "everything"}, tmp_path)
    assert told.endswith("must be one of: nothing, media, all")


def test_spaces_and_empty_values_count_as_nothing_set(tmp_path: Path) -> None:
    given = {"PORT": "", "LOG_LEVEL": "  ", "PUBLIC_URL": " http://localhost:9000/ "}
    found = load_settings({**GOOD, **given}, tmp_path)
    assert (found.port, found.log_level) == (8000, "INFO")
    assert found.public_url == "http://localhost:9000"


@pytest.mark.parametrize(
    "url", ["https://e.org:8443/city", "http://[::1]:8000", "http://192.0.2.7", "https://u:p@e.org"]
)
def test_an_address_may_have_a_port_and_a_path(tmp_path: Path, url: str) -> None:
    assert load_settings({**GOOD, "PUBLIC_URL": url}, tmp_path).public_url == url


def test_the_public_address_follows_the_port(tmp_path: Path) -> None:
    assert load_settings({**GOOD, "PORT": "9000"}, tmp_path).public_url == "http://localhost:9000"


def test_keys_are_made_once_and_are_their_owners_alone(tmp_path: Path) -> None:
    first = load_settings({}, tmp_path / "instance")
    second = load_settings({}, tmp_path / "instance")
    assert (first.keys, first.secret_key) == (second.keys, second.secret_key)
    (file,) = (tmp_path / "instance").iterdir()
    assert file.name == "keys.env"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_processes_that_start_at_once_agree_on_the_keys(tmp_path: Path) -> None:
    look = "from bot.settings import load_settings; print(load_settings({}).keys)"
    command = [sys.executable, "-c", look]
    environ = {"PYTHONPATH": str(ROOT)}
    with ExitStack() as stack:
        started = [
            stack.enter_context(
                subprocess.Popen(command, cwd=tmp_path, env=environ, stdout=subprocess.PIPE)
            )
            for _ in range(3)
        ]
        assert len({process.communicate()[0] for process in started}) == 1
        assert [process.returncode for process in started] == [0, 0, 0]


def test_what_the_environment_says_comes_before_what_was_made(tmp_path: Path) -> None:
    made = load_settings({}, tmp_path)
    found = load_settings({"TESTIMONY_KEYS": KEY}, tmp_path)
    assert found.keys == (bytes(range(32)),)
    assert found.secret_key == made.secret_key


def test_with_all_keys_given_no_file_is_made(tmp_path: Path) -> None:
    load_settings(GOOD, tmp_path / "instance")
    assert not (tmp_path / "instance").exists()


@pytest.mark.parametrize("text", ["", "SECRET_KEY=x\n", f"TESTIMONY_KEYS={KEY}\n"])
def test_a_file_of_keys_that_lacks_one_is_a_fault(tmp_path: Path, text: str) -> None:
    """An empty secret or no key at all would be found out too late: by the first message."""
    (tmp_path / "keys.env").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError):
        load_settings({}, tmp_path)


def test_a_file_of_keys_that_is_damaged_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "keys.env").write_bytes(b"SECRET_KEY=\xff\xfe\n")
    with pytest.raises(SettingsError) as caught:
        load_settings({"SECRET_KEY": "x"}, tmp_path)
    assert str(caught.value) == (
        f"TESTIMONY_KEYS is not set, and {tmp_path / 'keys.env'} is damaged; put back a copy of it"
    )


def test_proxies_and_certificates_matter_where_a_provider_is_asked(tmp_path: Path) -> None:
    wrong = {"HTTPS_PROXY": "socks5://h", "SSL_CERT_FILE": "/nowhere"}
    load_settings({**GOOD, **wrong}, tmp_path)
    assert len(faults({**TWILIO, **wrong}, tmp_path)) == 2
    right = {"HTTPS_PROXY": "http://u:p@proxy:3128/", "http_proxy": "proxy:3128"}
    right |= {"SSL_CERT_FILE": certifi.where(), "REQUESTS_CA_BUNDLE": str(tmp_path)}
    load_settings({**GOOD, **TWILIO, **right}, tmp_path)


def test_several_keys_come_newest_first(tmp_path: Path) -> None:
    newer = new_key()
    found = load_settings({**GOOD, "TESTIMONY_KEYS": f" {newer} , {KEY} "}, tmp_path)
    assert found.keys == (decode_key(newer), bytes(range(32)))


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_the_ways_to_write_a_postgresql_address(tmp_path: Path, scheme: str) -> None:
    url = f"{scheme}://u:p@h/d"
    assert load_settings({**GOOD, "DATABASE_URL": url}, tmp_path).database_url == url


def test_a_messaging_service_stands_for_a_number(tmp_path: Path) -> None:
    given = {**GOOD, **TWILIO, "TWILIO_FROM": "", "TWILIO_MESSAGING_SERVICE_SID": "MG1"}
    twilio = load_settings(given, tmp_path).twilio
    assert twilio is not None
    assert (twilio.messaging_service_sid, twilio.sender) == ("MG1", None)
    assert twilio.api_url == "https://api.twilio.com"


def test_a_telegram_bot_may_do_without_a_webhook(tmp_path: Path) -> None:
    found = load_settings({**GOOD, "TELEGRAM_BOT_TOKEN": "123:a-token"}, tmp_path)
    assert found.telegram == TelegramSettings("123:a-token", None, "https://api.telegram.org")


def test_a_bots_name_is_its_username_without_the_sign(tmp_path: Path) -> None:
    given = {**GOOD, "TELEGRAM_BOT_TOKEN": "123:a-token", "TELEGRAM_BOT_NAME": "Testimony_bot"}
    telegram = load_settings(given, tmp_path).telegram
    assert telegram is not None
    assert telegram.name == "Testimony_bot"


@pytest.mark.parametrize("name", ["@Testimony_bot", "bot", "https://t.me/a_bot", "2nd_bot"])
def test_another_bots_name_is_a_fault(tmp_path: Path, name: str) -> None:
    given = {**GOOD, "TELEGRAM_BOT_TOKEN": "123:a-token", "TELEGRAM_BOT_NAME": name}
    with pytest.raises(SettingsError, match=r"^TELEGRAM_BOT_NAME is .*without @"):
        load_settings(given, tmp_path)


def test_a_bots_name_without_a_bot_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="TELEGRAM_BOT_TOKEN is not set, though TELEGRAM_BOT"):
        load_settings({**GOOD, "TELEGRAM_BOT_NAME": "Testimony_bot"}, tmp_path)


def test_no_secret_is_shown_when_the_settings_are_printed(tmp_path: Path) -> None:
    given = {**GOOD, **TWILIO, **TELEGRAM, "DATABASE_URL": POSTGRES}
    shown = repr(load_settings(given, tmp_path))
    secrets = (KEY, repr(bytes(range(32))), "a-secret-key", "hunter2", "a-token", "a-webhook")
    assert [secret for secret in secrets if secret in shown] == []
    assert "testimony.example" in shown
