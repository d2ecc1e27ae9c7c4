import { app } from "./http/app.ts";

export { RoomObject } from "./objects/room-object.ts";
export { UserObject } from "./objects/user-object.ts";

export default app;
