"""The store of files, a folder or a bucket: what was put is there, what was deleted is not, failures are told."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.files import Place, Store, StoreFailed, check_place, new_name, open_store
from tests.support.bucket import OPTIONS, Bucket


@pytest.fixture(scope="module")
def server() -> Iterator[Bucket]:
    bucket = Bucket()
    yield bucket
    bucket.server.stop()


@pytest.fixture
def bucket(server: Bucket) -> Store:
    return open_store(Place("s3://files/of/ours", {**OPTIONS, "endpoint": server.url}))


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "folder":
        return open_store(Place((tmp_path / "a folder" / "media").as_uri()))
    found: Store = request.getfixturevalue("bucket")
    return found


@pytest.mark.parametrize("size", [0, 1, 6_000_000])
def test_what_was_put_is_there(store: Store, size: int) -> None:
    name = new_name()
    store.put(name, b"x" * size)
    assert store.get(name) == b"x" * size


def test_what_is_put_again_takes_the_old_ones_place(store: Store) -> None:
    name = new_name()
    store.put(name, b"first")
    store.put(name, b"second")
    assert store.get(name) == b"second"


def test_what_was_deleted_is_gone_and_deleting_it_again_is_well(store: Store) -> None:
    name = new_name()
    store.put(name, b"x")
    for _ in range(2):
        store.delete(name)
    with pytest.raises(StoreFailed):
        store.get(name)


def test_failures_tell_no_names(store: Store) -> None:
    with pytest.raises(StoreFailed) as caught:
        store.get("a-name-that-tells")
    assert "tells" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_folder_is_ours_alone(tmp_path: Path) -> None:
    open_store(Place((tmp_path / "media").as_uri())).put("name", b"x")
    assert (tmp_path / "media").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "media" / "name").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in (tmp_path / "media").iterdir()] == ["name"]  # no drafts


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "media").write_text("a file")
    with pytest.raises(StoreFailed):
        open_store(Place((tmp_path / "media").as_uri())).put("name", b"x")


def test_a_bucket_holds_files_under_its_prefix(server: Bucket, bucket: Store) -> None:
    name = new_name()
    bucket.put(name, b"x")
    assert f"of/ours/{name}" in server.names
    bucket.delete(name)


def test_a_bucket_that_is_away_is_told_and_used_again_when_it_is_back(
    server: Bucket, bucket: Store
) -> None:
    server.take_away()
    with pytest.raises(StoreFailed):
        bucket.put("name", b"x")
    server.make()
    bucket.put("name", b"x")
    assert bucket.get("name") == b"x"
    bucket.delete("name")


def test_a_server_that_is_away_is_told() -> None:
    away = open_store(Place("s3://files", {**OPTIONS, "endpoint": "http://127.0.0.1:1"}))
    with pytest.raises(StoreFailed):
        away.put("name", b"x")
    with pytest.raises(StoreFailed):
        away.delete("name")


@pytest.mark.parametrize("url", ["file:///srv/media", "s3://bucket", "s3://b/p?region=r"])
def test_places_that_can_be_used(url: str) -> None:
    check_place(url)
