"""A local server that speaks S3, with a bucket that can be taken away."""

import boto3
from moto.server import ThreadedMotoServer

OPTIONS = {"access_key_id": "id", "secret_access_key": "secret", "region": "us-east-1"}


class Bucket:
    """A server that speaks S3, with a bucket."""

    def __init__(self) -> None:
        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self.server.start()
        host, port = self.server.get_host_and_port()
        self.url = f"http://{host}:{port}"
        known = {"aws_access_key_id": "id", "aws_secret_access_key": "secret"}
        self.client = boto3.client("s3", endpoint_url=self.url, region_name="us-east-1", **known)
        self.make()

    def make(self) -> None:
        self.client.create_bucket(Bucket="files")

    def take_away(self) -> None:
        for name in self.names:
            self.client.delete_object(Bucket="files", Key=name)
        self.client.delete_bucket(Bucket="files")

    @property
    def names(self) -> list[str]:
        return [one["Key"] for one in self.client.list_objects(Bucket="files").get("Contents", [])]
