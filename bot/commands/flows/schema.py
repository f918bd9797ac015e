"""``testimony flows schema``: what an editor needs to complete and check flows."""

import json

import click

from flows.language.schema import json_schema


@click.command()
def schema() -> None:
    """Print the JSON Schema of flows, for editors that complete and check YAML.

    Save it beside the flows and name it in the first line of each, as the YAML language server asks for:
    # yaml-language-server: $schema=flow.schema.json
    """
    click.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))
