import { useWords } from "../../language-choice.ts";
import { people } from "../../people.ts";
import { usePortal } from "../../portal-context.ts";
import { RoleNames } from "../../shell/role-names.tsx";
import { nameOf } from "../name-of.ts";
import { Choices } from "./choices.tsx";
import { type AudienceKind, audiences, type Draft } from "./draft.ts";

const audienceWords = {
  en: {
    channel: "Channel",
    channels: { announcements: "Announcements", maintenance: "Maintenance" },
    audience: "For",
    kinds: { everyone: "Everyone", roles: "Roles", clinics: "Clinics", people: "People" },
    roles: "Which roles",
    clinics: "Which clinics",
    people: "Which people",
    clinic: (id: string) => `Clinic ${id}`,
    everyone: "All users of the service, those of the other scenarios too.",
  },
  th: {
    channel: "ช่องทาง",
    channels: { announcements: "ประกาศ", maintenance: "ปิดปรับปรุงระบบ" },
    audience: "ส่งถึง",
    kinds: { everyone: "ทุกคน", roles: "ตามบทบาท", clinics: "ตามคลินิก", people: "ระบุบุคคล" },
    roles: "บทบาทใด",
    clinics: "คลินิกใด",
    people: "บุคคลใด",
    clinic: (id: string) => `คลินิก ${id}`,
    everyone: "ผู้ใช้ทั้งหมดของระบบ รวมถึงผู้ใช้ในระบบงานอื่นด้วย",
  },
};

const staffRoles = [...new Set(people.clinic.flatMap(({ roles }) => roles))].filter(
  (role) => role !== "operator",
);
const staff = people.clinic.map(({ id }) => id);

export interface DraftFieldsProps {
  readonly draft: Draft;
  readonly change: (change: Partial<Draft>) => void;
}

/**
 * Over which channel, and for whom. The service lets a user broadcast over audience channels only, and narrow whom it is
 * for; nobody is written to otherwise.
 */
export function AudienceFields({ draft, change }: DraftFieldsProps) {
  const { session } = usePortal();
  const words = useWords(audienceWords);
  return (
    <>
      <Choices
        legend={words.channel}
        kind="radio"
        values={["announcements", "maintenance"] as const}
        nameOf={(channel) => words.channels[channel]}
        chosen={[draft.channel]}
        choose={([channel]) => channel && change({ channel })}
      />
      <Choices
        legend={words.audience}
        kind="radio"
        values={audiences}
        nameOf={(kind: AudienceKind) => words.kinds[kind]}
        chosen={[draft.audience]}
        choose={([audience]) => audience && change({ audience })}
      />
      <div className="audience-detail">
        {draft.audience === "everyone" && <p className="hint">{words.everyone}</p>}
        {draft.audience === "roles" && (
          <Choices
            legend={words.roles}
            kind="checkbox"
            values={staffRoles}
            nameOf={(role) => <RoleNames roles={[role]} />}
            chosen={draft.roles}
            choose={(roles) => change({ roles })}
          />
        )}
        {draft.audience === "clinics" && (
          <Choices
            legend={words.clinics}
            kind="checkbox"
            values={session.tenants}
            nameOf={words.clinic}
            chosen={draft.clinics}
            choose={(clinics) => change({ clinics })}
          />
        )}
        {draft.audience === "people" && (
          <Choices
            legend={words.people}
            kind="checkbox"
            values={staff}
            nameOf={(user) => nameOf(user)}
            chosen={draft.people}
            choose={(chosen) => change({ people: chosen })}
          />
        )}
      </div>
    </>
  );
}
