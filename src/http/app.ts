import { Hono } from "hono";
import { CarillonError } from "../protocol/errors.ts";
import { getClientBundle, getClientPart } from "./client-bundle.ts";
import { requireConfigured } from "./configured.ts";
import type { AppEnv } from "./context.ts";
import { allowOrigins } from "./cors.ts";
import { getDeadLetters, postDeadLetterRetry } from "./dead-letters.ts";
import { developmentOnly, postDevPublish, postDevToken } from "./development.ts";
import { getDocs, getOpenApi } from "./documentation.ts";
import { getEvents, getRoomEvents } from "./events.ts";
import { getHealth } from "./health.ts";
import {
  deleteInbox,
  deleteInboxItem,
  deleteNotification,
  getInbox,
  getInboxCounts,
  getInboxItem,
  getPreferences,
  postInboxMark,
  putPreferences,
} from "./inbox.ts";
import { refuseOtherMethods } from "./methods.ts";
import { getMetrics } from "./metrics.ts";
import { getPage } from "./pages.ts";
import { deleteUser, getExport } from "./person.ts";
import { getPresence, getUser } from "./presence.ts";
import { problem } from "./problem.ts";
import { postPublish } from "./publish.ts";
import { nameRequest } from "./request-id.ts";
import { getRoom } from "./rooms.ts";
import { getStats } from "./stats.ts";
import { postTicket } from "./ticket.ts";
import { connect, connectRoom } from "./upgrade.ts";
import { getEventReceipt, postDisconnect, putIdentity } from "./users.ts";

/** Every route of the service. */
export const app = new Hono<AppEnv>();

app.onError(problem);
app.notFound((c) => problem(new CarillonError("not_found", "There is nothing at this address."), c));

app.use(nameRequest, (c, next) => {
  if (!URL.canParse(c.req.url)) throw new CarillonError("invalid_request", "The address is not valid.");
  return next();
});

app.get("/health", getHealth);
app.get("/openapi.json", getOpenApi);
app.get("/docs", getDocs);
app.get("/client.js", getClientBundle);
app.get("/client/:part", getClientPart);

app.use(requireConfigured, allowOrigins);

app.get("/connect", connect);
app.get("/rooms/:room/connect", connectRoom);
app.post("/publish", postPublish);
app.post("/auth/ticket", postTicket);

app.get("/events", getEvents);
app.get("/rooms/:room/events", getRoomEvents);
app.get("/rooms/:room", getRoom);

app.get("/inbox", getInbox);
app.get("/inbox/counts", getInboxCounts);
app.get("/inbox/:id", getInboxItem);
app.post("/inbox/mark", postInboxMark);
app.delete("/inbox/:id", deleteInboxItem);
app.delete("/inbox", deleteInbox);
app.get("/preferences", getPreferences);
app.put("/preferences", putPreferences);

app.get("/presence", getPresence);
app.get("/users/:id", getUser);
app.post("/users/:id/disconnect", postDisconnect);
app.put("/users/:id/identity", putIdentity);
app.delete("/users/:id/inbox/:notificationId", deleteNotification);
app.get("/users/:id/events/:eventId", getEventReceipt);
app.get("/users/:id/export", getExport);
app.delete("/users/:id", deleteUser);

app.get("/stats", getStats);
app.get("/metrics", getMetrics);

app.get("/dead-letters", getDeadLetters);
app.post("/dead-letters/:id/retry", postDeadLetterRetry);

app.use("/dev/*", developmentOnly);
app.post("/dev/token", postDevToken);
app.post("/dev/publish", postDevPublish);

refuseOtherMethods(app);

app.get("*", getPage);
