import { hourPath, type FolderHour } from "../folder-hour.js";

/** Why a line was set aside. */
export const setAsideReasons = [
  "not_utf8",
  "not_json",
  "not_object",
  "no_type",
  "bad_type_name",
  "too_long",
] as const;
export type SetAsideReason = (typeof setAsideReasons)[number];

export interface ManifestFile {
  /** Relative to the stage URL. */
  readonly key: string;
  readonly rows: number;
  /** Size of the object as it is stored. */
  readonly bytes: number;
  readonly crc32c: string;
}

export interface ManifestType {
  readonly rows: number;
  /** False: the catalog did not know the type when the hour was classified. */
  readonly catalogued: boolean;
  /** Columns whose values were wrapped as text, sorted. */
  readonly wrapped: readonly string[];
  readonly files: readonly ManifestFile[];
}

/** The record of one classified hour, and its commit point. Written as JSON at `_manifests/YYYY/MM/DD/HH.json`. */
export interface Manifest {
  readonly version: 1;
  readonly hour: FolderHour;
  readonly seq: number;
  readonly run: string;
  /** Written by each sweep of the hour: makes the manifest another object, so that what ran before can't be committed. */
  readonly fence?: string;
  /** `sha256:` and the hash of the catalog file's bytes. */
  readonly catalog: string;
  readonly finished_at: string;
  readonly inputs: readonly {
    readonly key: string;
    readonly etag: string;
    readonly size: number;
  }[];
  readonly lines: number;
  readonly blank: number;
  readonly set_aside: {
    readonly rows: number;
    readonly reasons: Readonly<Partial<Record<SetAsideReason, number>>>;
    readonly files: readonly string[];
  };
  readonly types: Readonly<Record<string, ManifestType>>;
}

export function manifestKey(hour: FolderHour): string {
  return `_manifests/${hourPath(hour)}.json`;
}
