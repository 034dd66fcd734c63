"""Rebuild: every fold table made again from the stored events, beside the old one, then swapped in.

One concept a module: `course` has the steps in their order, `lock` lets one run at a time, `run` names what a run
makes, `layout` and `pour` make and fill the new tables, `quiet` and `swap` put them in place, `bridge` does so where
definitions have changed, `leftovers` removes what dead runs left, `standing` keeps the roots of merges in step, `into`
fills another database.
"""
