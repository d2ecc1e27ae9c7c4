import { Fragment, type ReactNode } from "react";
import { Page } from "../ui/page.tsx";
import { ClinicSwitch } from "./clinic-switch.tsx";
import { NoClinic } from "./no-clinic.tsx";
import { useClinic } from "./use-clinic.ts";

export interface ClinicPageProps {
  readonly words: {
    readonly title: (clinic: string) => string;
    readonly lead: string;
    /** The title for who belongs to no clinic. */
    readonly none: string;
  };
  /** What is shown of a clinic; it begins anew with another one. */
  readonly children: (clinic: string) => ReactNode;
}

/** A page of one clinic, with a way to the person's others. */
export function ClinicPage({ words, children }: ClinicPageProps) {
  const { clinic } = useClinic();
  if (clinic === undefined) {
    return (
      <Page title={words.none}>
        <NoClinic />
      </Page>
    );
  }
  return (
    <Page title={words.title(clinic)} lead={words.lead} actions={<ClinicSwitch chosen={clinic} />}>
      <Fragment key={clinic}>{children(clinic)}</Fragment>
    </Page>
  );
}
