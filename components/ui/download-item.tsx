import { DropdownMenuItem } from './dropdown-menu';

interface DownloadItemProps {
  href: string;
  hint?: string;
  /** why the download is unavailable */
  reason?: string | null;
  children: string;
}

/** A menu item that downloads a file. */
export function DownloadItem({ href, hint, reason, children }: DownloadItemProps) {
  if (reason) {
    return (
      <DropdownMenuItem disabled hint={reason}>
        {children}
      </DropdownMenuItem>
    );
  }
  return (
    <DropdownMenuItem asChild>
      <a href={href} download>
        {children}
        {hint ? <span className="ml-auto whitespace-nowrap pl-4 text-muted text-xs">{hint}</span> : null}
      </a>
    </DropdownMenuItem>
  );
}
