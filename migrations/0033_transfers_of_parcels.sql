-- Which transfers name a parcel: asked for each parcel on a page, and by whoever takes one.
CREATE INDEX tickets_of_parcel ON tickets (((details ->> 'parcel')::bigint)) WHERE kind = 'transfer';
