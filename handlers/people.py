"""Events about people and user groups."""

from handlers.interaction import Interaction


async def people_changed(interaction: Interaction) -> None:
    interaction.slack_ctx.people.clear_cache()
