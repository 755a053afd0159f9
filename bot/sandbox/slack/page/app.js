// Starts the page: boot, socket, panels.
import { get, keepSocket } from "./api.js";
import { h, replace } from "./dom.js";
import { drawerToggle } from "./drawer.js";
import { faultCount, faultsPanel, hasFaults, startFaults } from "./fault_panel.js";
import { startGuide } from "./guide.js";
import { startHome } from "./home.js";
import { startMessages } from "./messages.js";
import { startModals } from "./modal.js";
import { networkPanel, startNetwork } from "./network.js";
import { placeFromAddress, startPlace } from "./place.js";
import { startSidebar } from "./sidebar.js";
import { channel, emit, forgetHistory, goTo, receive, state } from "./state.js";
import { startToasts } from "./toasts.js";
import { startTop } from "./top_bar.js";

function nobody(error) {
  replace(document.getElementById("main"), h("div", { class: "empty" }, h("h1", {}, "Nobody by that name here"),
    h("p", {}, `${state.user} cannot open this workspace (${error}).`), h("p", {}, h("a", { href: "/?user=U0AGENT01" }, "Be Ava Agent instead"))));
}

const early = []; // frames received before the workspace was loaded

async function boot(session) {
  state.session = session;
  const answer = await get("/client/boot", { user: state.user });
  if (answer.ok === false) return nobody(answer.error);
  state.boot = answer;
  state.home = answer.home;
  forgetHistory();
  state.online = true;
  if (state.views.length) emit("notice", { text: "The connection was lost meanwhile, so this form can no longer be sent. Copy what you need and open it again.", kind: "error" });
  emit("boot");
  emit("online");
  const still_there = state.place && (state.place.kind === "app" || channel(state.place.id));
  goTo(still_there ? state.place : placeFromAddress());
  return early.splice(0).forEach(receive);
}

async function isWelcome() {
  const { ok, error } = await get("/client/boot", { user: state.user });
  const refused = ok === false && error !== "unreachable";
  if (refused) nobody(error);
  return !refused;
}

async function start() {
  startTop([drawerToggle("network", "Network", "network", networkPanel), (await hasFaults()) && drawerToggle("faults", "Faults", "fault", faultsPanel, faultCount)]);
  startSidebar();
  startPlace();
  startMessages();
  startModals();
  startHome();
  startNetwork();
  startGuide();
  startFaults();
  startToasts();
  if (!(await isWelcome())) return;
  keepSocket(state.user, {
    opened: boot,
    frame: (frame) => (state.boot ? receive(frame) : early.push(frame)),
    lost() {
      state.online = false;
      emit("online");
      return isWelcome();
    },
  });
}

start();
