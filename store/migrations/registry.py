"""The list of numbered steps that each topic's module adds to."""

from sqlite_utils import Migrations

APPLICATION_ID = 0x47434254  # "GCBT": how we know our own files
migrations = Migrations("giftcard")
