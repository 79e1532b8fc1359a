'use client';

import { Download } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { Dialog, DialogClose, DialogContent } from '@/components/ui/dialog';
import { Notice } from '@/components/ui/notice';

/** Shows new recovery codes, this once. */
export function RecoveryCodesDialog({ codes, onClose }: { codes: string[] | null; onClose: () => void }) {
  return (
    <Dialog open={codes !== null} onOpenChange={(open) => open || onClose()}>
      {codes ? (
        <DialogContent
          size="sm"
          title="Your recovery codes"
          description="Each signs you in once, if you don’t have your app at hand."
          footer={
            <>
              <CopyButton value={codes.join('\n')} label="Copy codes" withText />
              <Button asChild variant="ghost" size="sm">
                <a
                  href={`data:text/plain;charset=utf-8,${encodeURIComponent(`${codes.join('\n')}\n`)}`}
                  download="batchyard-recovery-codes.txt"
                >
                  <Download /> Download
                </a>
              </Button>
              <DialogClose asChild>
                <Button variant="primary">I have saved them</Button>
              </DialogClose>
            </>
          }
        >
          <div className="flex flex-col gap-3">
            <ul className="grid grid-cols-2 gap-x-6 gap-y-1 rounded-md border bg-sunken p-3 font-mono text-sm">
              {codes.map((code) => (
                <li key={code}>{code}</li>
              ))}
            </ul>
            <Notice tone="warning">They are not shown again. Keep them where you keep passwords.</Notice>
          </div>
        </DialogContent>
      ) : null}
    </Dialog>
  );
}
