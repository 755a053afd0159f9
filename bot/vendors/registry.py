"""All vendors. A new one is a package beside this file and one more entry here."""

from bot.vendors.cardpluspay.plugin import CardPlusPayPlugin
from bot.vendors.octopus.plugin import OctopusPlugin
from bot.vendors.plugin import VendorPlugin

# In the order in which they are listed everywhere.
VENDORS: tuple[type[VendorPlugin], ...] = (OctopusPlugin, CardPlusPayPlugin)
