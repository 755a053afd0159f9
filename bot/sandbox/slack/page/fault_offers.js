// The faults of the fault panel: each with what happens then, and what the bot does about it.

export const SLACK = "/control/faults";
export const VENDORS = "/control/vendors";

const slack = (words, note, watch, fault) => ({ at: SLACK, words, note, watch, faults: [{ times: 1, ...fault }] });

/** The faults that a vendor's stand-in offers. */
export function vendorGroup({ title, office, faults, offers }) {
  const who = title === "vendor" ? "Vendor" : title;
  const named = offers.map((each) => ({ at: faults, ...each, words: each.words.replaceAll("{vendor}", who) }));
  return { title: title === "vendor" ? "The vendor" : title, office, offers: named };
}

/** Whether a fault is only armed along with another, such as codes that a lost response must not count as shown. */
export function isAuxiliary(groups, at, kind) {
  const offers = groups.flatMap(({ offers }) => offers).filter((offer) => offer.at === at);
  return offers.some(({ faults }) => faults.slice(1).some((fault) => fault.kind === kind));
}

export const SLACK_GROUPS = [
  { title: "Slack, on the way to the bot", offers: [
    slack("Slack delivers the next click twice", "The next click, command or form reaches the bot two times.",
      "One request, one decision, one purchase.", { kind: "duplicate" }),
    slack("Slack loses the next ack", "The bot does the work, but its answer is lost with the connection. You see Slack’s failure.",
      "It is done all the same, and once; the bot reconnects by itself.", { kind: "lost_ack" }),
    slack("The bot answers too late", "The bot does the work, but Slack counts more than 3 seconds.",
      "You see Slack’s failure, and yet it is done once.", { kind: "late_ack" }),
    slack("The bot is out of reach", "The next thing you do does not reach the bot.",
      "You are told at once, and what you typed is kept.", { kind: "unreachable" }),
    slack("Your next form opens too late", "The trigger has expired before the bot can open a form.",
      "The bot says what to do instead.", { kind: "expired_trigger" }),
  ] },
  { title: "Slack, answering the bot", offers: [
    slack("Slack answers 429", "The bot’s next message must wait 5 seconds.",
      "The message comes five seconds later, once.", { kind: "rate_limited", method: "chat.postMessage", retry_after: 5 }),
    slack("Slack posts, then hangs up", "The bot’s next message is posted, but Slack hangs up before saying so.",
      "It may come twice, which is why no message ever holds a code.", { kind: "drop_after", method: "chat.postMessage" }),
    slack("Slack is broken (500)", "The bot’s next three calls fail.",
      "If the bot cannot be sure who you are, it does nothing and says so: try again. Messages come a little later.", { kind: "server_error", times: 3 }),
    slack("You are offline for a moment", "The next message only for you is lost on its way.",
      "The codes are not gone: press Show codes again.", { kind: "offline", mine: true }),
  ] },
];

const same = (armed, wished) => ["kind", "method", "status"].every((name) => String(armed[name] ?? "") === String(wished[name] ?? ""));

/** The offer that an armed fault came from, or one with only its kind. */
export function offerOf(groups, at, armed) {
  const found = groups.flatMap(({ offers }) => offers).find((offer) => offer.at === at && same(armed, offer.faults[0]));
  return found ?? { words: armed.method ? `${armed.kind} (${armed.method})` : armed.kind, watch: "" };
}
