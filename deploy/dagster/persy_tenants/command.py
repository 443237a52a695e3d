"""``persy-tenants``: list the tenants, and let one leave."""

from __future__ import annotations

import argparse
import re
import sys

from persy_tenants import removal
from persy_tenants.places import Places
from persy_tenants.tenants import ACCOUNT, TenantsError


def main() -> int:
    """Run the command.

    Returns:
        The exit code.
    """
    parser = argparse.ArgumentParser(prog="persy-tenants", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="show the accounts of the tenants file, and their hosts")
    leave = commands.add_parser("remove", help="show what there is of a tenant; --write deletes it")
    leave.add_argument("account")
    leave.add_argument("--write", action="store_true", help="really delete")
    words = parser.parse_args()
    try:
        places = Places.from_environment()
        if words.command == "list":
            return show(places)
        return remove(places, words.account, write=words.write)
    except TenantsError as error:
        print(f"persy-tenants: {error}", file=sys.stderr)
    return 1


def show(places: Places) -> int:
    """Print each account, and the host that is asked."""
    tenants = places.tenants()
    for tenant in tenants.tenants:
        print(f"{tenant.account:40} {tenants.host_of(tenant)}")
    return 0


def remove(places: Places, account: str, *, write: bool) -> int:
    """Show what there is of a tenant, and delete it when asked to."""
    if not re.fullmatch(ACCOUNT, account):
        message = f"{account!r} is no account: {ACCOUNT}"
        raise TenantsError(message)
    tenants, meltano = places.tenants(), places.meltano()
    found = removal.find(account, tenants.loader, meltano)
    if not found:
        print(f"There is nothing of {account}.")
        return 0
    print(f"There is of {account}:\n")
    print(*found.lines(), sep="\n")
    if not write:
        print(f"\nNothing was deleted. To delete all of it: persy-tenants remove {account} --write")
        return 0
    if account in tenants.accounts:
        message = f"{account} is in the tenants file: the next run would bring it back. Take it out"
        raise TenantsError(message)
    removal.delete(found, tenants.loader, meltano)
    print("\nDeleted. Models that are tables follow with the next build:")
    outcome = meltano.run("models", f"{tenants.dbt}:build", environment={})
    print(outcome.reason or "built.")
    return 1 if outcome.reason or removal.find(account, tenants.loader, meltano) else 0
