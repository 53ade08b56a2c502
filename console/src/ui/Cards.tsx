import { Box, Card, CardActionArea, CardContent, Typography } from '@mui/material';
import { Children, type ReactNode } from 'react';
import { type RaRecord, useListContext } from 'react-admin';
import { Link } from 'react-router-dom';
import { EmptyState, LoadingState } from './Notice.tsx';

/** What a list on a phone takes. */
export interface CardsProps<Row extends RaRecord> {
  readonly title: (row: Row) => ReactNode;
  readonly lines: (row: Row) => readonly ReactNode[];
  readonly to?: (row: Row) => string;
}

/** The rows of a list as cards, where a table would not fit. */
export function Cards<Row extends RaRecord>({ title, lines, to }: CardsProps<Row>) {
  const { data, isPending } = useListContext<Row>();
  if (isPending) return <LoadingState />;
  if (data === undefined || data.length === 0) return <EmptyState title="Nothing found" />;
  return (
    <Box sx={{ display: 'grid', gap: 1, p: 1 }}>
      {data.map((row) => {
        const content = (
          <CardContent sx={{ p: 1.4 }}>
            <Typography sx={{ fontWeight: 600 }}>{title(row)}</Typography>
            {Children.map(lines(row), (line) => (
              <Typography component="div" variant="body2" sx={{ overflowWrap: 'anywhere' }}>
                {line}
              </Typography>
            ))}
          </CardContent>
        );
        return (
          <Card key={row.id} variant="outlined">
            {to === undefined ? content : <CardActionArea {...{ component: Link, to: to(row) }}>{content}</CardActionArea>}
          </Card>
        );
      })}
    </Box>
  );
}
