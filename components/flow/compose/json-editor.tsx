'use client';

import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
} from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { EditorState } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { type RefObject, useEffect, useImperativeHandle, useRef } from 'react';
import type { TextIssue } from './check-flow';
import { EDITOR_THEME } from './editor-theme';

export interface EditorHandle {
  /** moves the cursor to the offset and scrolls to it */
  goTo: (offset: number) => void;
}

interface JsonEditorProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  issues: readonly TextIssue[];
  /** called on Ctrl+Enter */
  onSubmit: () => void;
  handle: RefObject<EditorHandle | null>;
}

const COLORS = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--accent)' },
  { tag: tags.string, color: 'var(--status-completed)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--status-delayed)' },
  { tag: tags.punctuation, color: 'var(--ink-muted)' },
]);

/** Returns the page's nonce. The content security policy requires it on the editor's style element. */
const nonceOfPage = (): string => document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? '';

/**
 * A JSON editor with line numbers, folding, undo and marked errors. Tab indents; Escape, then Tab moves the focus out.
 */
export default function JsonEditor({ label, value, onChange, issues, onSubmit, handle }: JsonEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const calls = useRef({ onChange, onSubmit });
  calls.current = { onChange, onSubmit };
  const first = useRef(value);

  useEffect(() => {
    if (!host.current) return;
    const editor = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: first.current,
        extensions: [
          EditorView.cspNonce.of(nonceOfPage()),
          lineNumbers(),
          lintGutter(),
          foldGutter(),
          history(),
          drawSelection(),
          indentOnInput(),
          indentUnit.of('  '),
          bracketMatching(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          syntaxHighlighting(COLORS),
          json(),
          EDITOR_THEME,
          EditorView.contentAttributes.of({ 'aria-label': label }),
          keymap.of([
            {
              key: 'Mod-Enter',
              run: () => {
                calls.current.onSubmit();
                return true;
              },
            },
            { key: 'Tab', run: indentMore, shift: indentLess },
            ...defaultKeymap,
            ...historyKeymap,
            ...foldKeymap,
            ...lintKeymap,
          ]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) calls.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, [label]);

  // The text changed outside of the editor: the user chose an example, for instance. Undo restores the old text.
  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const end = editor.state.doc.length;
    const found = issues.map(({ from, to, path, message }) => ({
      from: Math.min(from, end),
      to: Math.min(Math.max(to, from), end),
      severity: 'error' as const,
      message: path ? `${path} ${message}` : message,
    }));
    editor.dispatch(setDiagnostics(editor.state, found));
  }, [issues]);

  useImperativeHandle(handle, () => ({
    goTo: (offset) => {
      const editor = view.current;
      if (!editor) return;
      const at = Math.min(offset, editor.state.doc.length);
      editor.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: 'center' }) });
      editor.focus();
    },
  }));
  return <div ref={host} className="h-full min-h-0 overflow-hidden" />;
}
