import { ChannelList } from "./channel-list.ts";
import { clientId } from "./client-id.ts";
import { ConnectPanel } from "./connect-panel.ts";
import { copyOnClick } from "./copy-button.ts";
import { FrameList } from "./frame-list.ts";
import { type Environment, fetchHealth } from "./health.ts";
import { textAt } from "./json.ts";
import { element } from "./page.ts";
import { PublishForm } from "./publish-form.ts";
import { Session, type SessionState } from "./session.ts";
import { verdict } from "./verdict.ts";

const client = clientId();
/** Whose positions the session remembers. */
let user = "";
let environment: Environment = "development";

const frames = new FrameList();
const session = new Session(client, {
  changed: (state) => {
    if (state.kind === "connected") welcome(state.user);
    if (state.kind === "tokenless") setEnvironment("production");
    if (state.kind === "ended") frames.add({ kind: "remark", at: new Date(), text: verdict(state.ending) });
    connectPanel.showState(state);
    frames.hint(...hint(state));
    showFollowed();
  },
  frame: (direction, frame, step) => {
    frames.add({ kind: "frame", direction, at: new Date(), frame, step });
    const room = textAt(frame.fields, "channel");
    if (frame.type === "subscribed" && room !== undefined) publishForm.aimAtRoom(room);
  },
  moved: showFollowed,
  heartbeat: (roundTrip) => connectPanel.showHeartbeat(roundTrip),
});
const connectPanel = new ConnectPanel(client, {
  connect: (token) => void session.connect(token),
  resume: (token) => void session.resume(token),
  disconnect: () => session.disconnect(),
});
const channelList = new ChannelList({
  follow: (room) => session.follow(room),
  leave: (room) => session.leave(room),
});
const publishForm = new PublishForm(() => setEnvironment("production"));

copyOnClick(element("copy-curl", HTMLButtonElement), element("curl", HTMLPreElement));
frames.hint(...hint(session.state));

const health = await fetchHealth();
if (health) {
  element("service", HTMLElement).textContent = `${health.environment} · ${health.version}`;
  setEnvironment(health.environment);
}

function welcome(name: string): void {
  user = name;
  publishForm.aimAtUser(name);
}

function setEnvironment(found: Environment): void {
  environment = found;
  connectPanel.setEnvironment(found);
  publishForm.setEnvironment(found);
  frames.hint(...hint(session.state));
}

function showFollowed(): void {
  const { own, rooms } = session.positions;
  connectPanel.showPosition(own, user);
  channelList.show({ always: session.alwaysFollowed, own, rooms }, session.state.kind === "connected");
}

function hint(state: SessionState): [string, string] {
  switch (state.kind) {
    case "connected":
      return ["Listening", "Publish an event from this page, or copy the command under “From a backend”."];
    case "asking":
    case "connecting":
      return ["Connecting", "The first frame is a welcome; it names the channels and the position."];
    case "ended":
      return ["The list is empty", "Connect again, or reconnect with since to see what you missed."];
    default:
      return environment === "production"
        ? [
            "No frames yet",
            "Paste a user's token and press Connect. Each frame then appears here as it comes.",
          ]
        : ["No frames yet", "Choose a user and press Connect. Each frame then appears here as it comes."];
  }
}
