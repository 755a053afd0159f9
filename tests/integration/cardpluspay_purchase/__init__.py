"""Buying at CardPlusPay from request to codes: real database, real client, the stand-in over HTTP."""
