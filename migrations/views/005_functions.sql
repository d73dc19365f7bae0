create or replace function baleen.key(value text) returns text
language sql immutable strict parallel safe
return case
  when octet_length(value) <= 1024 then value
  else (
    select convert_from(substring(b.bytes for b.kept), 'UTF8') || '…sha256:' || encode(sha256(b.bytes), 'hex')
    from (
      select convert_to(value, 'UTF8') as bytes,
        (select max(i) from generate_series(897, 900) i where get_byte(convert_to(value, 'UTF8'), i) & 192 <> 128) as kept
    ) b
  )
end;
comment on function baleen.key is 'A text as an indexed column stores it: up to 1,024 bytes as it is, a longer one as its first 900 bytes, cut at a character, then …sha256: and the hash of the whole. Use it to filter by a long text: where payer = baleen.key(''…''). The whole text is in the column followed by _raw.';
