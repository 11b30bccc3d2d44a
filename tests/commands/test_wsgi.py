"""Programs on this machine alone reach the local AWS, web pages in its browser do not; requests arrive as sent."""

import contextlib
import http.client
from collections.abc import Iterator

import pytest

from local_cloud import lifecycle
from local_cloud.record import IDENTITY_PATH, Record
from tests.deploy.platforms import client


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Record]:
    folder = tmp_path_factory.mktemp("local")
    yield lifecycle.start(folder, "123456789012")
    lifecycle.stop(folder)


def status(server: Record, **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", server.port)
    connection.request("GET", "/moto-api/data.json", headers={key.replace("_", "-"): headers[key] for key in headers})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


@pytest.mark.parametrize("origin", ["https://example.com", "null", "http://127.0.0.1:4566"])
def test_script_of_a_web_page_is_refused(server: Record, origin: str) -> None:
    assert status(server, Origin=origin) == 403


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_image_or_link_of_a_web_page_is_refused(server: Record, site: str) -> None:
    assert status(server, Sec_Fetch_Site=site) == 403


@pytest.mark.parametrize("host", ["example.com", "127.0.0.1.example.com:80", "bucket.localhost", ""])
def test_name_rebound_to_this_machine_is_refused(server: Record, host: str) -> None:
    assert status(server, Host=host) == 403


def test_address_typed_into_a_browser_is_answered(server: Record) -> None:
    assert status(server, Sec_Fetch_Site="none") == 200
    assert status(server, Host=f"localhost:{server.port}") == 200


def test_a_connection_stays_for_the_next_request(server: Record) -> None:
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", server.port)) as connection:
        connection.request("GET", IDENTITY_PATH)
        connection.getresponse().read()
        # It would be None if the server had closed it.
        assert connection.sock


def test_the_name_of_an_object_arrives_as_it_was_sent(server: Record) -> None:
    s3 = client("s3", server)
    s3.create_bucket(Bucket="names")
    s3.put_object(Bucket="names", Key="a%2Fb/c d?e")
    assert [each["Key"] for each in s3.list_objects_v2(Bucket="names")["Contents"]] == ["a%2Fb/c d?e"]
