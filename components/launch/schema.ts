export * from '@/components/ui/schema-fields';
