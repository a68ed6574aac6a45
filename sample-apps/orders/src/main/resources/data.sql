-- The first twenty orders are what the quote requests of the load generator ask for; CHICORY is no longer sold.
insert into orders (customer, sku, quantity, discount) values
  ('ada', 'TEA', 2, 0), ('brook', 'COFFEE', 1, 0), ('cyd', 'COCOA', 5, 10), ('dana', 'SUGAR', 3, 0), ('eli', 'CHICORY', 1, 0),
  ('fay', 'TEA', 1, 0), ('gus', 'COFFEE', 4, 10), ('hal', 'COCOA', 2, 0), ('ida', 'MILK', 6, 0), ('jo', 'TEA', 1, 0),
  ('kit', 'TEA', 3, 0), ('lou', 'COFFEE', 2, 10), ('max', 'COCOA', 1, 0), ('nan', 'SUGAR', 2, 0), ('oz', 'CHICORY', 2, 0),
  ('pat', 'TEA', 2, 0), ('quin', 'COFFEE', 1, 0), ('rae', 'COCOA', 3, 0), ('sam', 'MILK', 4, 10), ('tess', 'TEA', 1, 0);

delete from coupons;
insert into coupons (code, discount) values ('WELCOME', 10), ('WINTER', 15);
