"""What every Oracle Database has: functions, types, exceptions, packages, dictionary views; tables of data."""
