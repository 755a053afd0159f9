// Calls to the stand-in, and a WebSocket that reconnects by itself.

export async function get(path, query = {}) {
  return exchange(`${path}?${new URLSearchParams(query)}`, {});
}

export async function post(path, body) {
  return exchange(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

export async function remove(path) {
  return exchange(path, { method: "DELETE" });
}

async function exchange(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    return { ok: false, error: "unreachable" };
  }
  const answer = await response.json().catch(() => null);
  if (answer === null) return { ok: false, error: `http_${response.status}` };
  if (Array.isArray(answer)) return answer;
  return { ok: response.ok, ...answer };
}

const FIRST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 4000;

/** Keeps a socket open for `user`; `opened(session)` runs after every connection, `lost()` returns whether to reconnect. */
export function keepSocket(user, { opened, frame, lost }) {
  let wait_ms = FIRST_WAIT_MS;
  const open = () => {
    const address = new URL(`/client/socket?user=${encodeURIComponent(user)}`, location.href);
    address.protocol = address.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    socket.addEventListener("message", (event) => {
      const received = JSON.parse(event.data);
      if (received.type !== "session") return frame(received);
      wait_ms = FIRST_WAIT_MS;
      return opened(received.id);
    });
    socket.addEventListener("close", async () => {
      if (!(await lost())) return;
      setTimeout(open, wait_ms);
      wait_ms = Math.min(wait_ms * 2, LONGEST_WAIT_MS);
    });
  };
  open();
}

const EXPLANATIONS = {
  operation_timeout: "did not answer within 3 seconds. Nothing you typed is lost; try again.",
  unreachable: "cannot be reached: the stand-in is not running. It reconnects by itself when it is back.",
  view_not_open: "no longer knows this form, because the connection was lost meanwhile. Copy what you need and open it again.",
  session_not_found: "lost the connection to this tab. The page reconnects; try again in a moment.",
  message_not_found: "no longer has this message, because it was not stored. Ask for it again.",
  messages_tab_disabled: "does not read messages here. Type / for its commands.",
  unknown_action: "has changed this meanwhile, so that button is gone. Have a look at what it says now.",
  vendor_unreachable: "could not reach the vendor’s stand-in. Is it running?",
  dispatch_failed: "could not be reached. Is the bot running?",
};

/** The sentence for an error code. */
export function explain(error, app_name = "The app") {
  if (error === "unreachable") return `This page ${EXPLANATIONS.unreachable}`;
  const known = EXPLANATIONS[error];
  return known ? `${app_name} ${known}` : `That did not work (${error ?? "no reason given"}).`;
}
