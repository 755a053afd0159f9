// The Octopus Cards back office: wallets, orders with their vouchers, and the ledger.
import { amount, byId, clockTime, element, fill, open, row, unfolding } from "/admin/office.js";

function wallet(entry) {
  const card = element("div", "", entry.client_id === 7 ? "wallet" : "wallet other");
  card.append(
    element("small", `${entry.type === "POSTPAID" ? `postpaid to −${entry.credit_limit} · ` : ""}wallet ${entry.id} · client ${entry.client_id}`),
    element("strong", `${amount(entry.amount)} ${entry.currency}`),
    entry.adds_up
      ? element("small", `${entry.transactions} movements, adding up`)
      : element("small", "movements do not add up!", "off"),
  );
  return card;
}

function order(entry) {
  const mood = { DELIVERED: "good", PENDING: "wait", PARTIALLY_DELIVERED: "wait" }[entry.status] ?? "bad";
  return row(
    [`${entry.id}`, "n"],
    [clockTime(entry.created_at), "time"],
    [entry.client_reference ?? "–", "mono"],
    [`${entry.product_name}, ${entry.denomination} ${entry.base_currency}`],
    [`${entry.quantity}`, "n"],
    [`${entry.debited} ${entry.deduction_currency}`, "n"],
    [entry.status.toLowerCase().replace("_", " "), mood],
    [entry.vouchers.length ? vouchers(entry) : "none"],
  );
}

function vouchers(entry) {
  const unseen = entry.vouchers.filter((voucher) => !voucher.revealed).length;
  const items = entry.vouchers.map((voucher) => {
    const item = element("li");
    item.append(element("code", voucher.claim_url ?? `${voucher.card_number} · PIN ${voucher.pin_code}`));
    if (!voucher.revealed) item.append(element("span", " not shown yet", "wait"));
    return item;
  });
  return unfolding(entry.id, `${entry.vouchers.length}${unseen ? `, ${unseen} not shown yet` : ", shown"}`, items);
}

const movement = (entry) => {
  const debit = entry.transaction_type === "DEBIT";
  return row(
    [`${entry.id}`, "n"],
    [clockTime(entry.created_at), "time"],
    [`${entry.wallet_id}`],
    [`${debit ? "−" : "+"}${entry.amount} ${entry.currency}`, debit ? "n" : "n good"],
    [`${entry.balance_after}`, "n"],
    [entry.remarks],
  );
};

open({
  paths: ["wallets", "orders?limit=50", "ledger?limit=100"],
  whose: (entry) => entry.request_id,
  show(wallets, orders, ledger) {
    byId("wallets").replaceChildren(...wallets.map(wallet));
    fill("orders", orders.map(order), 50, "No orders yet.");
    fill("ledger", ledger.map(movement), 100, "Nothing has moved yet.");
  },
});
