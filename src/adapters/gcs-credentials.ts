import type { GoogleAuth } from "google-auth-library";

const scopes = ["https://www.googleapis.com/auth/devstorage.read_write"];

/** Why no request could be authorized. Kept apart from the answers of the service: a 404 here is no missing bucket. */
export class GcsCredentialsError extends Error {
  constructor(override readonly cause: unknown) {
    super("no usable Google credentials");
  }
}

export interface GcsCredentials {
  getRequestHeaders(): Promise<Record<string, string>>;
}

/** Application Default Credentials: workload identity, the file that the environment names, or the user's login. */
export function findCredentials(): GcsCredentials {
  let found: Promise<GoogleAuth> | undefined;
  const find = async () => {
    const { GoogleAuth: Auth } = await import("google-auth-library");
    return new Auth({ scopes });
  };
  return {
    async getRequestHeaders() {
      try {
        const auth = await (found ??= find());
        return Object.fromEntries(await auth.getRequestHeaders());
      } catch (error) {
        throw new GcsCredentialsError(error);
      }
    },
  };
}

/** For an endpoint of one's own. */
export const noCredentials: GcsCredentials = {
  getRequestHeaders: () => Promise.resolve({}),
};
