import { SluiceError } from "../../src/errors.js";

/** The expected failure of what is awaited; throws where there is none. */
export async function rejection(
  promise: Promise<unknown>,
): Promise<SluiceError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
