import { app } from "./http/app.ts";

export { AudienceObject } from "./objects/audience-object.ts";
export { RoomObject } from "./objects/room-object.ts";
export { UserObject } from "./objects/user-object.ts";

export default app;
