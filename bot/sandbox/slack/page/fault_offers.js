// The faults of the fault panel: each with what happens then, and what the bot does about it.

export const SLACK = "/control/faults";
export const VENDORS = "/control/vendors";
export const AUXILIARY = "clear"; // armed with another fault, so that codes in a lost response do not count as shown
const UNTIL_DISARMED = 0;

const slack = (words, note, watch, fault) => ({ at: SLACK, words, note, watch, faults: [{ times: 1, ...fault }] });
const offer = (words, note, watch, fault, ...also) => ({ words, note, watch, faults: [{ times: 1, ...fault }, ...also] });

const OF_ANY_VENDOR = (who, buying) => ({
  slow: offer(`${who} is slow (10 s)`, "The next purchase is made at once and answered after ten seconds.",
    "The card says it is being bought. Nothing is sent twice.", { kind: "delay-after", seconds: 10, match: buying }),
  busy: offer(`${who} says: too many requests`, "The next purchase is answered with 429, come back in 9 seconds.",
    "The bot comes back in 9 seconds, not before.", { kind: "rate-limited", seconds: 9, match: buying }),
  outOfStock: offer(`${who} is out of stock`, "The next purchase is refused. No money moves.",
    "The requester is told why, and the card closes.", { kind: "out-of-stock", match: buying }),
  noFunds: offer(`The wallet at ${who} is empty`, "The next purchase is refused for lack of funds.",
    "The requester is told why, and the card closes.", { kind: "insufficient-funds", match: buying }),
});

function atOctopus(who) {
  const buying = { method: "POST", path: "/api/v1/orders" };
  const pricing = { method: "POST", path: "/api/v1/products/*/charges" };
  const reading = { method: "*", path: "/api/v1/orders*" };
  const stillShown = { kind: AUXILIARY, times: 1, match: { method: "GET", path: "/api/v1/orders/*" } };
  const usual = OF_ANY_VENDOR(who, buying);
  return [
    offer(`${who} debits, then hangs up`, "The next purchase is made and paid, but its answer never arrives.",
      "The bot does not buy again. It looks the order up by its own reference and delivers it.", { kind: "drop-after", match: buying }, stillShown),
    offer(`${who} debits, and its only answer is lost`, "As above, and this vendor shows codes once: in the answer that broke off.",
      "The order is found, paid and without codes. A person is told at once; it is never bought again.", { kind: "truncate", match: buying }),
    offer(`${who} answers 502 after buying`, "The next purchase is made and paid, but a gateway answers 502.",
      "The same: unclear, looked up, delivered once.", { kind: "error", status: 502, body: "html", when: "after", match: buying }, stillShown),
    offer(`${who} hangs up before buying`, "The next purchase never happens, and nobody says so.",
      "Looked up and found nowhere, it is bought after a few seconds under the same reference: once.", { kind: "drop-before", match: buying }),
    usual.slow,
    offer(`${who} is down`, "Every purchase is answered with 503 until you disarm.",
      "Unclear, so it is looked up again and again, and bought under the same reference once the vendor is back.", { kind: "error", status: 503, when: "before", times: UNTIL_DISARMED, match: buying }),
    usual.busy, usual.outOfStock, usual.noFunds,
    offer(`The price at ${who} moves`, "The next price comes without the vendor’s discount. Arm it between request and approval.",
      "The order goes back to the approvers with the new price.", { kind: "price-change", discount: 0, match: pricing }),
    offer(`${who} has half the cards, then no more`, "The next purchase delivers half and refunds the rest.",
      "The requester gets what there is, and is told of the refund once it is booked.", { kind: "partial", match: buying }),
    offer(`${who} shows codes only masked`, "Whatever the bot reads of an order shows masked codes, until you disarm.",
      "Paid but unreadable is told to a person; it is never bought again.", { kind: "masked", times: UNTIL_DISARMED, match: reading }),
  ];
}

/** This vendor takes no reference of ours, so the bot learns from its orders and its balance what happened. */
function atCardPlusPay(who) {
  const buying = { method: "POST", path: "/v1/orders" };
  const checking = { method: "POST", path: "/v1/orders/check" };
  const usual = OF_ANY_VENDOR(who, buying);
  return [
    offer(`${who} debits, then hangs up`, "The next purchase is made and paid, but its answer never arrives.",
      "The bot does not buy again. It recognises the order in the account; codes that may lack their PINs are kept sealed, and people are asked.", { kind: "drop-after", match: buying }),
    offer(`${who} answers 502 after buying`, "The next purchase is made and paid, but a gateway answers 502.",
      "The same: unclear, recognised, never bought again.", { kind: "error", status: 502, body: "html", when: "after", match: buying }),
    offer(`${who} hangs up before buying`, "The next purchase never happens, and nobody says so.",
      "It appears nowhere in the account. Only after the policy’s grace_minutes is that believed.", { kind: "drop-before", match: buying }),
    offer(`${who} buys after the bot has given up`, "The next purchase is made only once the bot has hung up.",
      "The bot keeps looking, because a purchase may be late, and finds it.", { kind: "commit-late", match: buying }),
    usual.slow, usual.busy, usual.outOfStock, usual.noFunds,
    offer(`The price at ${who} moves`, "The next price is 10 % higher. Arm it between request and approval.",
      "The order goes back to the approvers with the new price.", { kind: "price-change", percent: 10, match: checking }),
    offer(`${who} sends codes later`, "The next purchase is paid, and its codes come after eight seconds.",
      "The card says that codes are on their way. Unless the product is known to have no PINs, people are asked when they come.", { kind: "pending", seconds: 8, match: buying }),
    offer(`${who} sends one code too few`, "The next purchase of several cards delivers one fewer and charges for all.",
      "The requester gets what there is, and the approvers are told.", { kind: "fewer-codes", match: buying }),
  ];
}

const KNOWN = { CardPlusPay: atCardPlusPay };

/** The faults of a vendor. */
export function vendorGroup({ title, faults }) {
  const offers = (KNOWN[title] ?? atOctopus)(title === "vendor" ? "Vendor" : title);
  return { title: title === "vendor" ? "The vendor" : title, offers: offers.map((each) => ({ at: faults, ...each })) };
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
