/** A browser of the story. */
export interface Shown {
  readonly status: number;
  readonly url: string;
  readonly title: string;
  /** As somebody reads it. */
  readonly text: string;
  /** Where its links lead. */
  readonly links: readonly string[];
  /** The name of the file that came instead of a page. */
  readonly download: string | null;
}

export interface WebBrowserTool extends AsyncDisposable {
  readonly name: string;
  /** Through the identity provider's own page. */
  signIn(publicUrl: URL, login: string): Promise<void>;
  open(url: URL): Promise<Shown>;
  /** Follows the link with this address on the page that is shown. */
  follow(path: string): Promise<Shown>;
  /** Sends an empty form there, as a button of the page that is shown would. */
  press(path: string): Promise<Shown>;
}
