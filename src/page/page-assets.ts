/** The page without its data, as the build makes it of `src/page/browser`. */
export interface PageAssets {
  /** With the places `<!--style-->`, `<!--data-->`, `<!--script-->` and `<!--policy-->`. */
  readonly html: string;
  readonly style: string;
  readonly script: string;
}
