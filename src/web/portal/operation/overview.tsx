import { useCallback } from "react";
import { useWords } from "../language-choice.ts";
import { RoleNames } from "../shell/role-names.tsx";
import { Card } from "../ui/card.tsx";
import { Chip } from "../ui/chip.tsx";
import { Empty } from "../ui/empty.tsx";
import { useFormat } from "../ui/format.ts";
import { Stat } from "../ui/stat.tsx";
import type { OperatorApi, Stats } from "./operator-api.ts";
import { usePolled } from "./use-polled.ts";

const overviewWords = {
  en: {
    users: "Users online",
    rooms: "Rooms in use",
    limit: (limit: string) => `at most ${limit} connections`,
    noLimit: "no limit of connections",
    sockets: "Live connections",
    on: "On",
    off: "Off",
    offNote: "REALTIME_ENABLED is false: clients poll",
    onNote: "clients may connect",
    version: "Version",
    roomList: "Rooms",
    room: "Room",
    listeners: "Listeners",
    since: "In use since",
    noRooms: "No room is in use.",
    who: "By role and tenant",
    tenant: (tenant: string) => `tenant ${tenant}`,
    nobody: "Nobody is connected.",
  },
  th: {
    users: "ผู้ใช้ออนไลน์",
    rooms: "ห้องที่ใช้อยู่",
    limit: (limit: string) => `ไม่เกิน ${limit} การเชื่อมต่อ`,
    noLimit: "ไม่จำกัดจำนวนการเชื่อมต่อ",
    sockets: "การเชื่อมต่อสด",
    on: "เปิด",
    off: "ปิด",
    offNote: "REALTIME_ENABLED เป็น false ไคลเอนต์จะถามเป็นระยะ",
    onNote: "ไคลเอนต์เชื่อมต่อได้",
    version: "รุ่น",
    roomList: "ห้อง",
    room: "ห้อง",
    listeners: "ผู้ฟัง",
    since: "ใช้ตั้งแต่",
    noRooms: "ไม่มีห้องที่ใช้อยู่",
    who: "ตามบทบาทและหน่วยงาน",
    tenant: (tenant: string) => `หน่วยงาน ${tenant}`,
    nobody: "ไม่มีผู้เชื่อมต่อ",
  },
  vi: {
    users: "Người dùng trực tuyến",
    rooms: "Phòng đang dùng",
    limit: (limit: string) => `tối đa ${limit} kết nối`,
    noLimit: "không giới hạn số kết nối",
    sockets: "Kết nối trực tiếp",
    on: "Bật",
    off: "Tắt",
    offNote: "REALTIME_ENABLED là false: máy khách hỏi định kỳ",
    onNote: "máy khách được phép kết nối",
    version: "Phiên bản",
    roomList: "Phòng",
    room: "Phòng",
    listeners: "Người nghe",
    since: "Dùng từ",
    noRooms: "Không có phòng nào đang dùng.",
    who: "Theo vai trò và đơn vị",
    tenant: (tenant: string) => `đơn vị ${tenant}`,
    nobody: "Không có ai kết nối.",
  },
};

/** ms from one answer to the next question. */
const EVERY = 3000;

/** Users, rooms, the kill switch. */
export function Overview({ api }: { readonly api: OperatorApi }) {
  const words = useWords(overviewWords);
  const { number } = useFormat();
  const { value: stats } = usePolled(
    useCallback(() => api.stats(), [api]),
    EVERY,
  );
  const { value: health } = usePolled(
    useCallback(() => api.health(), [api]),
    EVERY,
  );
  const limit = stats?.limit ? words.limit(number(stats.limit)) : words.noLimit;
  return (
    <>
      <div className="stats">
        <Stat icon="users" label={words.users} value={stats && number(stats.users)} note={limit} />
        <Stat
          icon="queue"
          tone="violet"
          label={words.rooms}
          value={stats && number(stats.roomsInUse)}
          {...(health && { note: `${words.version} ${health.version}` })}
        />
        <Stat
          icon="pulse"
          tone={health?.enabled === false ? "red" : "green"}
          label={words.sockets}
          value={health && (health.enabled ? words.on : words.off)}
          {...(health && { note: health.enabled ? words.onNote : words.offNote })}
        />
      </div>
      <div className="grid below">
        <Rooms stats={stats} />
        <Card title={words.who}>
          {stats && stats.users === 0 && <Empty icon="users">{words.nobody}</Empty>}
          <p className="actions">
            {Object.entries(stats?.roles ?? {}).map(([role, count]) => (
              <Chip key={role} tone="blue">
                <RoleNames roles={[role]} /> {number(count)}
              </Chip>
            ))}
            {Object.entries(stats?.tenants ?? {}).map(([tenant, count]) => (
              <Chip key={tenant} tone="violet">
                {words.tenant(tenant)} · {number(count)}
              </Chip>
            ))}
          </p>
        </Card>
      </div>
    </>
  );
}

function Rooms({ stats }: { readonly stats: Stats | undefined }) {
  const words = useWords(overviewWords);
  const { number, time } = useFormat();
  return (
    <Card title={words.roomList}>
      {stats && stats.rooms.length === 0 && <Empty icon="queue">{words.noRooms}</Empty>}
      {stats && stats.rooms.length > 0 && (
        <div className="table">
          <table>
            <thead>
              <tr>
                <th scope="col">{words.room}</th>
                <th scope="col">{words.listeners}</th>
                <th scope="col">{words.since}</th>
              </tr>
            </thead>
            <tbody>
              {stats.rooms.map(({ room, connections, since }) => (
                <tr key={room}>
                  <td>
                    <code>{room}</code>
                  </td>
                  <td className="number">{number(connections)}</td>
                  <td className="when">{time(since)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Card>
  );
}
