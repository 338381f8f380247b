theorem t : True := ÿþ sorry
/- open